package plan

import (
	"slices"

	"github.com/specgen-dev/specgen/internal/goname"
	"github.com/specgen-dev/specgen/internal/model"
)

// noID tells that an id is not set; nil where it cannot be told.
func noID(id Expr, of model.Shape) Expr {
	switch of.Form {
	case model.Valid:
		return &Not{X: &Select{X: id, Name: "Valid"}}
	case model.Pointer:
		return &Binary{Op: "==", Left: id, Right: &Lit{Source: "nil"}}
	default:
		return nil
	}
}

var textShape = model.Shape{Go: goname.Basic("string"), Kind: model.Text, Base: goname.Basic("string")}

// purges says what a purge means, and fills what it gives back: whether the scope was
// there, its row, and how many rows each step deleted.
func (o *Operation) purges(s *model.Scope, b *builder) {
	row := s.Purge.Row
	o.Absent = absence(s, "nothing is touched", "what was left of it is removed")
	if row != nil && row.Guarded != "" {
		o.Stays = "scope.ErrInUse"
		if row.Missing != nil {
			o.Stays = row.Missing.Name
		}
	}
	r := o.Result
	r.Fields = append(r.Fields, &Field{Name: "Found", Type: goname.Basic("bool"), Doc: "Found reports whether the scope's row was there. " + absence(s, "When it was not, nothing was touched.", "When it was not, what else was left of the scope is gone all the same.")})
	if row != nil && row.Query.Cmd == "one" {
		r.Fields = append(r.Fields, &Field{Name: "Row", Type: row.Query.Row, Doc: "Row is the row as it was; the zero value when Found is false."})
	}
	for _, c := range ownSteps(s.Purge.Body) {
		if name := b.counts[c]; name != "" {
			r.Fields = append(r.Fields, &Field{Name: name, Type: goname.Basic("int64"), Doc: name + " is the number of rows that " + c.Query.Name + " took."})
		}
	}
	addNested(r, s.Purge.Nested)
}

// absence chooses what is said of a scope whose row is not there.
func absence(s *model.Scope, nothing, cleaned string) string {
	if row := s.Purge.Row; row != nil && row.Lock != nil && row.Lock.Decisive != "" {
		return nothing
	}
	return cleaned
}

// nameCounts names the field of the result that counts each step of a purge:
// after the step, else after its table.
func (b *builder) nameCounts(body []model.Node) {
	var names goname.Namer
	names.Reserve("Found", "Row")
	for _, n := range model.OwnNested(body) {
		names.Reserve(nestedField(n))
	}
	for _, c := range ownSteps(body) {
		if c.Bulk() || c.Query.Cmd == "exec" || c.Query.Cmd == "one" || c.Query.Cmd == "many" && (!c.Deletes() || b.uses.read[c] || c.Into != nil) {
			continue
		}
		name := c.Name
		if !c.Named && c.Table() != "" {
			name = c.Table()
		}
		b.counts[c] = names.Unique(goname.Exported(name))
	}
	for _, n := range model.OwnNested(body) {
		b.nameCounts(n.Body)
	}
}

// ownSteps are the purge steps of a scope, without those of nested ones.
func ownSteps(body []model.Node) []*model.Call {
	return slices.DeleteFunc(model.OwnCalls(body), func(c *model.Call) bool { return c.Role != model.PurgeStep })
}
