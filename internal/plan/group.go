package plan

import (
	"github.com/specgen-dev/specgen/internal/goname"
	"github.com/specgen-dev/specgen/internal/model"
)

// groups builds the groups of a call's rows: once, where the rows are kept,
// however many loops go over them.
func (b *builder) groups(v *model.GroupsValue, lv *level) Expr {
	for _, g := range b.grouped {
		if model.Same(g.of, v) {
			return g.at(lv)
		}
	}
	l := innermost(v.Call.Loops)
	home := lv.root(l)
	value := call(inRuntime("Group"), b.rows[v.Call](home), b.groupKey(v))
	name := goname.Singular(goname.Unexported(v.Call.Name)) + "Groups"
	var at place
	if b.frames[l] != nil {
		at = b.keep(l, lv, name, v.Shape().Go)
		home.out = append(home.out, &Assign{Target: at(home), Value: value})
	} else {
		local := ident(b.names.Unique(name))
		at = fixed(local)
		home.out = append(home.out, &Let{Name: local, Value: value})
	}
	b.grouped = append(b.grouped, grouping{v, at})
	return at(lv)
}

// grouping is the groups that a variable holds.
type grouping struct {
	of *model.GroupsValue
	at place
}

// groupKey builds the function that tells the group of a row: by its column, or by
// a struct of its columns.
func (b *builder) groupKey(v *model.GroupsValue) *Func {
	f := &Func{Param: "row", Type: v.Call.Query.Row}
	column := func(i int) Expr { return selectField(ident(f.Param), v.Call.Query.Columns[i].Field) }
	if len(v.By) == 1 {
		f.Result, f.Value = v.Call.Query.Columns[v.By[0]].Type, column(v.By[0])
		return f
	}
	key := &Struct{Name: b.names.Unique(goname.Singular(goname.Unexported(v.Call.Name)) + "Key")}
	value := &Composite{Type: goname.Basic(key.Name)}
	var fields goname.Namer
	for _, i := range v.By {
		col := v.Call.Query.Columns[i]
		name := fields.Unique(goname.Unexported(goname.Snake(col.Field)))
		key.Fields = append(key.Fields, &Field{Name: name, Type: col.Type})
		value.Fields = append(value.Fields, FieldValue{Name: name, Value: column(i)})
	}
	b.plan.Frames = append(b.plan.Frames, key)
	f.Result, f.Value = goname.Basic(key.Name), value
	return f
}
