package sqlcapi

// The codes of the problems that this package reports. SG150 to SG159 are about
// sqlc.yaml and the files that it names, SG160 to SG169 about the Go code that
// sqlc generated from them, SG170 to SG179 about the user's own Go functions, and
// SG180 about what sqlc.yaml has and specgen leaves out, and SG110 about a query.
const (
	codeConfigRead    = "SG150" // sqlc.yaml cannot be read
	codeConfigSyntax  = "SG151" // not YAML, or a value of the wrong kind
	codeVersion       = "SG152" // no version, or one that is neither 1 nor 2
	codeNoPackage     = "SG153" // nothing that generates Go
	codeEngine        = "SG154" // an engine other than postgresql
	codeSQLPackage    = "SG155" // a sql_package other than pgx/v5
	codeMissingKey    = "SG156" // schema, queries or the output directory is not given
	codePath          = "SG157" // a schema or query path that leads to no SQL file
	codeModule        = "SG158" // no usable go.mod above the output directory
	codeDuplicateName = "SG159" // two queries of one name in the SQL files

	codeNotGenerated = "SG160" // no generated Go in the output directory
	codeGoSyntax     = "SG161" // a generated file that cannot be parsed
	codeNoMethod     = "SG162" // a query without its Go method
	codeMethodForm   = "SG163" // a generated method whose form is not known
	codeLeftover     = "SG164" // generated code whose SQL file, or query, is gone
	codeDeclaredTwo  = "SG165" // a method that two generated files declare
	codeStaleCommand = "SG166" // another command, such as :one, in the SQL file
	codeStaleSQL     = "SG167" // another statement in the SQL file
	codeStaleOption  = "SG168" // emit_methods_with_db_argument and the code disagree
	codePackageName  = "SG169" // a generated file of another package than sqlc.yaml says

	codeNoModule      = "SG170" // no go.mod above the specification
	codeOtherModule   = "SG171" // a package of functions in another module
	codeNoDirectory   = "SG172" // a package of functions whose directory does not exist
	codeNoGoFile      = "SG173" // a package of functions without a Go file
	codeFuncSyntax    = "SG174" // a file of functions that cannot be parsed
	codeNotImportable = "SG175" // functions of package main, or of two packages in one directory

	codeLeftOut = "SG180" // an entry of sqlc.yaml that specgen cannot work with

	codeUnseen = "SG110" // a parameter that sqlc has not seen
)

// regenerate is the cure of everything that is wrong with generated code.
const regenerate = "run sqlc generate"
