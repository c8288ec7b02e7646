package plan

import "github.com/specgen-dev/specgen/internal/model"

// itemsLoop builds a loop over the items of a call. Locks are taken in the order of
// what they look up, and one lock serves all items that look up the same.
func (b *builder) itemsLoop(n *model.Loop, lv *level) []Stmt {
	l := n.Continues
	in := b.itemLevel(l, lv)
	r := &Items{Var: itemVar, Over: ident(itemsVar), Item: b.frames[l].typ.Name}
	if n.By != nil {
		r.By = b.lockKey(n.By, in)
		r.Distinct = r.By != nil && n.By.Role == model.ParentLock && !b.uses.read[n.By]
	}
	in.used = false
	b.body(n.Body, in, &in.out)
	r.Body = in.out
	if !in.used {
		r.Var = ""
	}
	return []Stmt{r}
}

// itemLevel is the body of a loop over the items.
func (b *builder) itemLevel(l *model.Loop, lv *level) *level {
	return &level{loop: l, outer: lv, turn: ident(b.frames[l].turn)}
}

// lockKey is a text that tells apart what a lock looks up; nil where something
// would have to be computed for it.
func (b *builder) lockKey(c *model.Call, lv *level) Expr {
	var key Expr
	for _, a := range c.Args {
		switch a.Value.(type) {
		case *model.Literal:
			continue
		case *model.InputValue, *model.ContextValue, *model.ScopeID:
		default:
			return nil
		}
		if ok, _ := model.Convertible(a.Value.Shape(), textShape); !ok || a.Value.Shape().Form == model.Pointer {
			return nil
		}
		part := b.converted(nil, b.raw(a.Value, lv), a.Value.Shape(), textShape, lv)
		if key != nil {
			key = &Binary{Op: "+", Left: key, Right: &Binary{Op: "+", Left: &Lit{Source: `"\x00"`}, Right: part}}
			continue
		}
		key = part
	}
	return key
}

// afterAll queues the hooks of each item.
func (b *builder) afterAll(c *model.Operation, purge bool, top *level) {
	if len(c.AfterCommit) == 0 {
		return
	}
	in := b.itemLevel(c.Items, top)
	b.afterCommit(c.AfterCommit, in)
	body := b.plan.AfterCommit
	if purge {
		body = []Stmt{&If{Cond: &Select{X: b.within[0](in), Name: "Found"}, Body: body}}
	}
	b.plan.AfterCommit = []Stmt{&Items{Var: itemVar, Over: ident(itemsVar), Item: b.frames[c.Items].typ.Name, Body: body}}
}
