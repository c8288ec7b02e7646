package plan

import (
	"maps"
	"slices"
	"strings"

	"github.com/specgen-dev/specgen/internal/goname"
	"github.com/specgen-dev/specgen/internal/model"
)

// reservedLocals are the names that the emitter itself uses in a coordinator.
var reservedLocals = []string{"ctx", "tx", "err", "op", "f", "res", "spec", "prepared", "row", "rows", "n", "scope", "runtime", "context", "slices", "time", "strconv", "pgtype", "uuid", "json", "pgconn", "cmp", "batch", "all"}

// otherLocals are the names that the emitter uses in other functions.
var otherLocals = []string{"p", "q", "ops", "draws"}

// common is what the coordinators of one package share.
type common struct {
	tables   model.Tables
	taken    []string                // names of imports and of the package, which no local may hide
	aliases  map[string]string       // of imports, by path
	contexts map[*model.Input]string // the field or parameter that carries a value of the context
}

func newCommon(p *model.Project) *common {
	c := &common{tables: p.Tables, aliases: map[string]string{}, contexts: map[*model.Input]string{}}
	for path, name := range p.Imports {
		// A package that is named as a local of ours goes by another name.
		if slices.Contains(reservedLocals, name) || slices.Contains(otherLocals, name) {
			name += "pkg"
			c.aliases[path] = name
		}
		c.taken = append(c.taken, name)
	}
	for _, set := range p.Data {
		c.taken = append(c.taken, dataVar(set))
		for _, s := range dataStructs(set.Struct) {
			c.taken = append(c.taken, s.Name)
		}
	}
	var names goname.Namer
	names.Reserve(c.taken...)
	names.Reserve(otherLocals...)
	for _, in := range p.Context {
		c.contexts[in] = names.Unique(parameterName(in.Name))
	}
	return c
}

// hookFields names the fields of a prepared specification that carry what
// `before` gives.
func (c *common) hookFields(hooks []*model.Hook) map[*model.Hook]string {
	var names goname.Namer
	names.Reserve(otherLocals...)
	names.Reserve(slices.Collect(maps.Values(c.contexts))...)
	out := map[*model.Hook]string{}
	for _, h := range hooks {
		if h.As != "" {
			out[h] = names.Unique(parameterName(h.As))
		}
	}
	return out
}

// contextFields are the values of the context that a coordinator uses, by name.
func (c *common) contextFields(used map[*model.Input]bool) []*Field {
	var out []*Field
	for _, in := range slices.SortedFunc(maps.Keys(used), func(a, b *model.Input) int { return strings.Compare(a.Name, b.Name) }) {
		out = append(out, &Field{Name: c.contexts[in], Type: in.Shape.Go, Doc: in.Name})
	}
	return out
}

// parameterName names a field or a parameter after a value of the document,
// apart from the names that the emitter uses.
func parameterName(name string) string {
	id := goname.Unexported(name)
	if slices.Contains(reservedLocals, id) || slices.Contains(otherLocals, id) {
		id += "Value"
	}
	return id
}
