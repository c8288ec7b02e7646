package scopetest

// Invariant is one thing that holds for coordinators that are right. Its text is
// the name of the subtest.
type Invariant string

// The invariants, in the order in which they are tried.
const (
	// CreateIsAtomic: a create of which any statement fails changes nothing. The
	// server refuses each in turn, then the answer to each is lost; COMMIT is one.
	CreateIsAtomic Invariant = "a create that fails at any statement changes nothing"

	// PurgeIsAtomic is the same for a purge.
	PurgeIsAtomic Invariant = "a purge that fails at any statement changes nothing"

	// PurgeIsComplete: after a create and a purge every table is as it was, but for
	// rows added to those of Keep.
	PurgeIsComplete Invariant = "create then purge leaves every table as it was but for what is kept"

	// OtherTypeStays: rows of the same id under another scope type survive a purge.
	OtherTypeStays Invariant = "the same id under another scope type is untouched"

	// ResidueIsCleaned: a purge of a scope whose row is gone removes what else is
	// left, or touches nothing (KeepsResidue), is no error, and says that it did not
	// find the scope.
	ResidueIsCleaned Invariant = "a purge of a missing scope cleans its residue and says so"

	// PresetsAreWhole: while an administrator edits, adds, archives or deletes a
	// preset, a scope gets the roles of before or those of after, each whole.
	PresetsAreWhole Invariant = "presets that change while a scope is created are seen whole"

	// ParentOutlivesChildren: of a parent's purge and a child's creation at the same
	// time one comes first, and nothing is left without its scope.
	ParentOutlivesChildren Invariant = "a parent purged while a child is created leaves no orphan"

	// OnePurgeFinds: of two purges of one scope at the same time one finds it.
	OnePurgeFinds Invariant = "of two purges of one scope one finds it"

	// OppositePurgesEnd: two transactions that purge the same scopes in opposite
	// order both succeed.
	OppositePurgesEnd Invariant = "two purges of several scopes in opposite order both end"

	// OneCreateWins: of two creates of one name one succeeds, and the other one
	// leaves nothing and says Taken.
	OneCreateWins Invariant = "of two creates of one name one wins and the other leaves nothing"

	// MembersGoToo: what the application adds to a scope while it is purged is
	// removed with it, or refused, or makes the purge refuse.
	MembersGoToo Invariant = "a member added during a purge does not outlive the scope"

	// CallerRollsBack: what is done in a caller's transaction goes with its rollback.
	CallerRollsBack Invariant = "a rollback of the caller's transaction takes everything"

	// CallerGoesOn: after a failure inside it, a caller's transaction is usable, and
	// commits what else was done in it.
	CallerGoesOn Invariant = "a failure inside a caller's transaction leaves it usable"
)

// Invariants returns all of them, in the order in which they are tried.
func Invariants() []Invariant {
	var names []Invariant
	for _, c := range checks() {
		names = append(names, c.name)
	}
	return names
}

// check is how one invariant is tried.
type check struct {
	name Invariant
	// lacks returns the field of Scope that the check needs and does not have, or "".
	lacks func(s *subject) string
	run   func(t *trial) error
}

func checks() []check {
	return []check{
		{CreateIsAtomic, nothing, (*trial).createIsAtomic},
		{PurgeIsAtomic, nothing, (*trial).purgeIsAtomic},
		{PurgeIsComplete, nothing, (*trial).purgeIsComplete},
		{OtherTypeStays, func(s *subject) string { return missing(len(s.otherType) == 0, "OtherType") }, (*trial).otherTypeStays},
		{ResidueIsCleaned, nothing, (*trial).residueIsCleaned},
		{PresetsAreWhole, func(s *subject) string { return missing(s.presets == nil, "Presets") }, (*trial).presetsAreWhole},
		{ParentOutlivesChildren, func(s *subject) string { return missing(s.parent == nil, "Parent") }, (*trial).parentOutlivesChildren},
		{OnePurgeFinds, nothing, (*trial).onePurgeFinds},
		{OppositePurgesEnd, func(s *subject) string { return missing(s.purgeAll == nil, "PurgeAll") }, (*trial).oppositePurgesEnd},
		{OneCreateWins, func(s *subject) string { return missing(s.taken == nil, "Taken") }, (*trial).oneCreateWins},
		{MembersGoToo, func(s *subject) string { return missing(s.addMember == nil, "AddMember") }, (*trial).membersGoToo},
		{CallerRollsBack, nothing, (*trial).callerRollsBack},
		{CallerGoesOn, nothing, (*trial).callerGoesOn},
	}
}

func nothing(*subject) string { return "" }

func missing(is bool, field string) string {
	if is {
		return field
	}
	return ""
}
