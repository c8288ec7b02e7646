package check

import (
	"github.com/specgen-dev/specgen/internal/diag"
	"github.com/specgen-dev/specgen/internal/model"
)

// Rule is one kind of mistake that is looked for. Several rules may have one
// code: they find it in different places.
type Rule struct {
	Code     string
	Severity diag.Severity
	// Ignorable says that an error may be ignored with a reason: what the rule
	// concludes from the text of a statement may be wrong.
	Ignorable bool

	ofPurge bool // of scopes with a purge only
	find    func(c *checker, s *model.Scope)
}

// Rules lists all rules, in the order in which they run.
func Rules() []Rule {
	return []Rule{
		{Code: "SG302", find: (*checker).nullArguments},
		{Code: "SG302", find: (*checker).longConstants},
		{Code: "SG302", find: (*checker).longUUIDs},
		{Code: "SG412", find: (*checker).scalarLists},
		{Code: "SG413", find: (*checker).sqlcSlices},
		{Code: "SG414", Severity: diag.Lint, find: (*checker).enumArrays},
		{Code: "SG501", find: (*checker).nullTexts},
		{Code: "SG506", find: (*checker).generatedColumns},
		{Code: "SG507", find: (*checker).refusedConstants},
		{Code: "SG507", find: (*checker).refusedUUIDs},
		{Code: "SG510", ofPurge: true, find: (*checker).uncleanedTables},
		{Code: "SG511", ofPurge: true, find: (*checker).unreachedRows},
		{Code: "SG513", Ignorable: true, ofPurge: true, find: (*checker).deleteOrder},
		{Code: "SG513", Ignorable: true, ofPurge: true, find: (*checker).keptReferences},
		{Code: "SG514", Ignorable: true, find: (*checker).insertOrder},
		{Code: "SG515", Ignorable: true, ofPurge: true, find: (*checker).cascades},
		{Code: "SG516", Ignorable: true, find: (*checker).purgedParents},
		{Code: "SG517", Severity: diag.Warning, find: (*checker).droppedRows},
		{Code: "SG517", Severity: diag.Warning, find: (*checker).droppedSteps},
		{Code: "SG518", Ignorable: true, find: (*checker).untypedKeys},
		{Code: "SG519", Severity: diag.Warning, ofPurge: true, find: (*checker).needlessKeeps},
		{Code: "SG520", Ignorable: true, find: (*checker).manyParents},
		{Code: "SG520", Ignorable: true, ofPurge: true, find: (*checker).manyRows},
		{Code: "SG521", find: (*checker).absentRows},
		{Code: "SG522", Ignorable: true, ofPurge: true, find: (*checker).purgeLocksElsewhere},
		{Code: "SG523", Ignorable: true, find: (*checker).parentLocksElsewhere},
		{Code: "SG524", Ignorable: true, ofPurge: true, find: (*checker).childLists},
		{Code: "SG525", Ignorable: true, ofPurge: true, find: (*checker).unboundedSteps},
		{Code: "SG512", Ignorable: true, find: (*checker).untypedIDs}, // after SG525: what takes all rows is one mistake
		{Code: "SG527", Severity: diag.Lint, find: (*checker).rowsOfOtherTurns},
		{Code: "SG528", Severity: diag.Lint, find: (*checker).mismatchedRefs},
		{Code: "SG529", find: (*checker).nonBooleans},
		{Code: "SG530", Severity: diag.Lint, find: (*checker).unknownParents},
		{Code: "SG531", Ignorable: true, find: (*checker).repeatedKeys},
		{Code: "SG531", Ignorable: true, find: (*checker).repeatedSteps},
		{Code: "SG532", Severity: diag.Hint, ofPurge: true, find: (*checker).restrictingKeys},
		{Code: "SG533", find: (*checker).comparedWithNew},
		{Code: "SG533", find: (*checker).referringToNew},
		{Code: "SG534", Ignorable: true, find: (*checker).otherParents},
		{Code: "SG537", Severity: diag.Warning, ofPurge: true, find: (*checker).unnamedParents},
		{Code: "SG542", Severity: diag.Warning, find: (*checker).emptiedTables},
		{Code: "SG550", Ignorable: true, ofPurge: true, find: (*checker).sharedNames},
		{Code: "SG551", ofPurge: true, find: (*checker).purgeOutcomes},
		{Code: "SG552", ofPurge: true, find: (*checker).purgeOutcomes},
		{Code: "SG553", ofPurge: true, find: (*checker).purgeOutcomes},
		{Code: "SG554", Ignorable: true, ofPurge: true, find: (*checker).unlockedLists},
		{Code: "SG555", Ignorable: true, find: (*checker).unlockedAbsences},
		{Code: "SG556", Ignorable: true, ofPurge: true, find: (*checker).hopelessPurges},
		{Code: "SG557", ofPurge: true, find: (*checker).purgeOutcomes},
		{Code: "SG701", Severity: diag.Hint, find: (*checker).serverIDs},
		{Code: "SG702", Severity: diag.Hint, find: (*checker).rowByRow},
		{Code: "SG703", Severity: diag.Hint, ofPurge: true, find: (*checker).missingIndexes},
		{Code: "SG704", Severity: diag.Hint, find: (*checker).otherReads},
		{Code: "SG705", Severity: diag.Hint, ofPurge: true, find: (*checker).takenNames},
	}
}
