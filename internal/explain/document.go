// Package explain writes the plans of a package for programs, as JSON, and for
// documents, as Markdown: flush by flush, each step with its query, its
// statement, where its parameters come from, what it locks, and what can fail.
//
// The form of the JSON is published as docs/plans.schema.json. Version 1 grows
// by fields that older readers may ignore; a field never changes its meaning.
package explain

import (
	"bytes"
	"encoding/json"
	"fmt"

	"github.com/specgen-dev/specgen/internal/plan"
)

// Document is the plans of a package.
type Document struct {
	Version int     `json:"version" doc:"of this form: 1"`
	Package string  `json:"package" doc:"name of the generated package"`
	Scopes  []Scope `json:"scopes" doc:"sorted by name"`
}

// Scope is a scope with its plans.
type Scope struct {
	Name       string      `json:"name" doc:"the key in the specification"`
	Type       string      `json:"type" doc:"the stored scope type"`
	Doc        string      `json:"doc,omitempty"`
	At         string      `json:"at" doc:"file:line:column of the scope in the specification"`
	Parents    []Parent    `json:"parents"`
	Makes      []string    `json:"makes" doc:"the scopes that its creation makes, too"`
	Children   []Child     `json:"children" doc:"the scopes that its purge looks for below it"`
	Operations []Operation `json:"operations" doc:"what can be done to it: its create first"`
}

// Parent is what a scope lies in.
type Parent struct {
	Name     string `json:"name"`
	Type     string `json:"type" doc:"the stored scope type"`
	At       string `json:"at" doc:"file:line:column"`
	Lock     string `json:"lock,omitempty" doc:"the query that locks its row"`
	Unsafe   string `json:"unsafe,omitempty" doc:"why it needs no lock"`
	Optional bool   `json:"optional" doc:"it stands under a condition"`
	Many     bool   `json:"many" doc:"any number of them"`
}

// Child is what lies in a scope.
type Child struct {
	Scope string `json:"scope"`
	Found string `json:"found" doc:"what is done when there are any: cascade or refuse"`
	At    string `json:"at" doc:"file:line:column"`
}

// Operation is the plan of what can be done to a scope.
type Operation struct {
	Kind       string    `json:"kind" doc:"create or purge"`
	Method     string    `json:"method" doc:"of the generated Provider"`
	RoundTrips int       `json:"round_trips" doc:"how often the client waits for the server, in a transaction of its own and in steady state"`
	Before     []Hook    `json:"before" doc:"what runs in front of the transaction"`
	Begin      string    `json:"begin" doc:"how BEGIN is sent"`
	Flushes    []Flush   `json:"flushes" doc:"the statements of a flush share one round trip"`
	Isolation  string    `json:"isolation,omitempty" doc:"the isolation level that a creation needs, and why; absent where any will do"`
	Commit     string    `json:"commit" doc:"how COMMIT is sent, and why it does not travel with the last flush where it does not"`
	LookUp     string    `json:"look_up,omitempty" doc:"the query that looks a scope up whose COMMIT was not answered"`
	After      []Hook    `json:"after_commit" doc:"what runs once the transaction is committed"`
	Many       Many      `json:"many"`
	Errors     []Failure `json:"errors" doc:"the errors that the specification has for constraints"`
}

// Hook is a call of a Go function outside of the transaction.
type Hook struct {
	Call string   `json:"call" doc:"as the specification writes it"`
	As   string   `json:"as,omitempty" doc:"the name of its result"`
	When []string `json:"when" doc:"the conditions that it stands under"`
	At   string   `json:"at" doc:"file:line:column"`
}

// Many is how many scopes at once are dealt with.
type Many struct {
	Method     string   `json:"method" doc:"of the generated Provider"`
	RoundTrips int      `json:"round_trips" doc:"for any number of scopes"`
	Once       []string `json:"once" doc:"the steps that are sent once for all of them"`
}

// Flush is what shares one round trip.
type Flush struct {
	Number int    `json:"number" doc:"from 1"`
	Own    string `json:"own,omitempty" doc:"the kind of its one query, which cannot share a round trip, such as copyfrom"`
	Steps  []Step `json:"steps"`
}

// Step is one statement.
type Step struct {
	Number     int         `json:"number" doc:"in its coordinator, from 1"`
	Name       string      `json:"name"`
	Role       string      `json:"role" doc:"parent, row, lock, children, refusal or step"`
	At         string      `json:"at" doc:"file:line:column of the step in the specification"`
	Query      string      `json:"query"`
	Command    string      `json:"command" doc:"of sqlc, such as one or execrows"`
	QueryAt    string      `json:"query_at" doc:"file:line:column of the query"`
	Action     string      `json:"action" doc:"what the statement does, in words"`
	Statement  string      `json:"statement" doc:"SELECT, INSERT, UPDATE, DELETE or OTHER"`
	Table      string      `json:"table,omitempty" doc:"that the statement is about"`
	Writes     []string    `json:"writes" doc:"tables"`
	Reads      []string    `json:"reads" doc:"tables"`
	Locks      []string    `json:"locks" doc:"such as projects FOR UPDATE"`
	SQL        string      `json:"sql"`
	Loops      []string    `json:"loops" doc:"it is sent once for each turn of these loops, outermost first"`
	Gathers    []string    `json:"gathers" doc:"it is sent once for all turns of these loops"`
	When       []string    `json:"when" doc:"the conditions that it stands under"`
	Parameters []Parameter `json:"parameters"`
	Defaults   []string    `json:"defaults" doc:"columns that the INSERT leaves to their defaults"`
	Fails      []Failure   `json:"fails" doc:"what can fail by what the statement answers, or by a constraint of the tables"`
	Answer     string      `json:"answer,omitempty" doc:"what becomes of the answer"`
	Hints      []Hint      `json:"hints" doc:"what costs time"`
	Waits      string      `json:"waits,omitempty" doc:"why it could not be sent with an earlier flush"`
}

// Parameter is one parameter of a query.
type Parameter struct {
	Name  string `json:"name"`
	Value string `json:"value" doc:"its source, as the specification writes it"`
	Rule  string `json:"rule" doc:"that bound it, such as with, scope or loop"`
}

// Hint is something that is right and costs time.
type Hint struct {
	Code string `json:"code" doc:"that specgen explain tells more of, such as SG701"`
	Text string `json:"text"`
}

// Failure is a way to fail.
type Failure struct {
	When  string `json:"when"`
	Error string `json:"error" doc:"a variable of the generated package, or of package scope"`
}

// New makes the document of a package, or of one of its scopes. An empty scope
// stands for all.
func New(p *plan.Package, scope string) (*Document, error) {
	scopes, err := p.Choose(scope)
	if err != nil {
		return nil, err
	}
	d := &Document{Version: 1, Package: p.Name, Scopes: []Scope{}}
	for _, s := range scopes {
		d.Scopes = append(d.Scopes, newScope(s))
	}
	return d, nil
}

// JSON writes the document, with a line break at its end.
func (d *Document) JSON() (string, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false) // operators of SQL stay as they are
	e.SetIndent("", "  ")
	if err := e.Encode(d); err != nil {
		return "", fmt.Errorf("encoding the plans: %w", err)
	}
	return b.String(), nil
}
