package plan

import "github.com/specgen-dev/specgen/internal/model"

// readsList reports whether a call needs the rows of a list: for a parameter,
// for a loop around it, or for a condition.
func readsList(c *model.Call, l *model.Collected) bool {
	found := false
	visit := func(v model.Value) {
		switch v := v.(type) {
		case *model.ListValue:
			found = found || v.List == l
		case *model.PickValue:
			found = found || v.List == l
		}
	}
	for _, a := range c.Args {
		walk(a.Value, visit)
	}
	for _, g := range c.Guards {
		walkCond(g, visit)
	}
	for _, loop := range c.Loops {
		walk(loop.Over, visit)
		for _, f := range loop.Filters {
			walkFilter(f, visit)
		}
	}
	return found
}

// walk visits a value, and every value that it is made of.
func walk(v model.Value, visit func(model.Value)) {
	if v == nil {
		return
	}
	visit(v)
	switch v := v.(type) {
	case *model.GoCall:
		walkAll(v.Args, visit)
	case *model.Concat:
		walkAll(v.Parts, visit)
	case *model.Conversion:
		walk(v.X, visit)
	case *model.FieldValue:
		walk(v.Of, visit)
	case *model.ElemValue:
		walk(v.Loop.Over, visit)
	case *model.ColumnValue:
		if v.Known != nil {
			walk(v.Known.Value, visit)
		}
	}
}

func walkAll(values []model.Value, visit func(model.Value)) {
	for _, v := range values {
		walk(v, visit)
	}
}

func walkFilter(f *model.Filter, visit func(model.Value)) {
	walkAll(f.Any, visit)
	walk(f.List, visit)
}

func walkCond(c model.Cond, visit func(model.Value)) {
	switch c := c.(type) {
	case *model.Truth:
		walk(c.Value, visit)
	case *model.IsSet:
		walk(c.Value, visit)
	case *model.Compare:
		walk(c.Left, visit)
		walk(c.Right, visit)
	case *model.Negation:
		walkCond(c.Cond, visit)
	case *model.Junction:
		for _, x := range c.Conds {
			walkCond(x, visit)
		}
	}
}
