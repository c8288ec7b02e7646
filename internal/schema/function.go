package schema

import (
	"slices"
	"strings"

	pg "github.com/sqlc-dev/oliphant"

	"github.com/specgen-dev/specgen/internal/diag"
)

// Function is a function or a procedure that the schema defines.
type Function struct {
	Name     string // qualified as tables are
	Language string // lower case; "sql" for a body without AS
	// Body is the text between the quotes of AS, "" where there is none: a function
	// in C, or one whose body is SQL without quotes.
	Body         string
	Volatility   string   // "volatile", "stable" or "immutable"
	Args         []string // the types of what it is called with, as [Column.Type], "[]" for an array
	Returns      string   // its type, "trigger" for the function of a trigger; "" for none
	SetReturning bool
	Procedure    bool
	Pos          diag.Pos

	statements []*pg.Node // of a body that is SQL without quotes
}

// Schema is "" for public.
func (f *Function) Schema() string {
	schema, _ := f.split()
	return schema
}

func (f *Function) split() (schema, name string) {
	if schema, name, ok := strings.Cut(f.Name, "."); ok {
		return schema, name
	}
	return "", f.Name
}

// Function returns the function of a name that is called without arguments, such
// as that of a trigger, or nil.
func (c *Catalog) Function(name string) *Function {
	name = strings.TrimPrefix(name, publicSchema+".")
	for _, f := range c.Functions {
		if f.Name == name && len(f.Args) == 0 {
			return f
		}
	}
	return nil
}

func (l *loader) createFunction(n *pg.CreateFunctionStmt) {
	f := &Function{
		Name: joinName(n.Funcname), Language: "sql", Volatility: "volatile", Procedure: n.IsProcedure,
		SetReturning: n.GetReturnType().GetSetof(), Pos: l.source.pos(l.start),
	}
	if n.ReturnType != nil {
		f.Returns = spelledType(n.ReturnType)
	}
	for _, p := range n.Parameters {
		switch x := p.GetFunctionParameter(); x.GetMode() {
		case pg.FunctionParameterMode_FUNC_PARAM_TABLE:
			f.SetReturning = true
		case pg.FunctionParameterMode_FUNC_PARAM_OUT:
		default:
			f.Args = append(f.Args, spelledType(x.GetArgType()))
		}
	}
	f.statements = atomic(n.SqlBody)
	f.apply(n.Options)
	l.catalog.Functions = slices.DeleteFunc(l.catalog.Functions, func(old *Function) bool {
		return old.Name == f.Name && slices.Equal(old.Args, f.Args)
	})
	l.catalog.Functions = append(l.catalog.Functions, f)
}

// apply takes over the options of CREATE FUNCTION and ALTER FUNCTION.
func (f *Function) apply(options []*pg.Node) {
	for _, node := range options {
		switch d := node.GetDefElem(); d.GetDefname() {
		case "language":
			f.Language = strings.ToLower(d.GetArg().GetString_().GetSval())
		case "volatility":
			f.Volatility = d.GetArg().GetString_().GetSval()
		case "as":
			if parts := texts(d.GetArg().GetList().GetItems()); len(parts) == 1 {
				f.Body = parts[0]
			}
		}
	}
}

func spelledType(t *pg.TypeName) string {
	info := typeOf(t)
	if info.array {
		return info.name + "[]"
	}
	return info.name
}

func (l *loader) alterFunction(n *pg.AlterFunctionStmt) {
	for _, f := range l.functions(n.GetFunc()) {
		f.apply(n.Actions)
	}
}

// functions are those that a statement names: the one of these arguments, or,
// where none are written, those of the name.
func (l *loader) functions(n *pg.ObjectWithArgs) []*Function {
	name := joinName(n.GetObjname())
	var args []string
	for _, arg := range n.GetObjargs() {
		args = append(args, spelledType(arg.GetTypeName()))
	}
	var out []*Function
	for _, f := range l.catalog.Functions {
		if f.Name == name && (n.GetArgsUnspecified() || slices.Equal(f.Args, args)) {
			out = append(out, f)
		}
	}
	return out
}

// dropFunction removes a function, and with CASCADE the triggers that execute it.
func (l *loader) dropFunction(n *pg.ObjectWithArgs, cascade bool) {
	for _, gone := range l.functions(n) {
		l.catalog.Functions = slices.DeleteFunc(l.catalog.Functions, func(f *Function) bool { return f == gone })
		if !cascade || len(gone.Args) > 0 {
			continue
		}
		for _, t := range l.catalog.Tables {
			t.Triggers = slices.DeleteFunc(t.Triggers, func(x *Trigger) bool { return x.Function == gone.Name })
		}
	}
}

func (l *loader) renameFunction(n *pg.ObjectWithArgs, renamed func(schema, name string) string) {
	for _, f := range l.functions(n) {
		l.callFunction(f, renamed(f.split()))
	}
}

// callFunction gives a function another name, also in the triggers that execute
// it: PostgreSQL knows functions by their numbers.
func (l *loader) callFunction(f *Function, name string) {
	if len(f.Args) == 0 {
		for _, t := range l.catalog.Tables {
			for _, x := range t.Triggers {
				if x.Function == f.Name {
					x.Function = name
				}
			}
		}
	}
	f.Name = name
}
