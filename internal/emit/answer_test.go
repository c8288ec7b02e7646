package emit

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/specgen-dev/specgen/internal/goname"
	"github.com/specgen-dev/specgen/internal/plan"
)

// What a queued call does with its answer: only the function that it is given.
func TestAnswer(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		answer plan.Answer
		want   string
	}{
		"no answer": {plan.Answer{Kind: plan.NoAnswer}, `
func(ctx context.Context) error {
	return q()
}`},
		"an answer that nobody reads": {plan.Answer{Kind: plan.Ignore}, `
func(ctx context.Context) error {
	_, err := q()
	return err
}`},
		"a count that must be": {plan.Answer{Kind: plan.Ignore, Expect: &plan.Expect{Check: "ExpectExactly", N: 2}}, `
func(ctx context.Context) error {
	n, err := q()
	if err != nil {
		return err
	}
	return runtime.ExpectExactly(n, 2)
}`},
		"a tag that must be": {plan.Answer{Kind: plan.Ignore, Tag: true, Expect: &plan.Expect{Check: "ExpectExactly", N: 2}}, `
func(ctx context.Context) error {
	n, err := q()
	if err != nil {
		return err
	}
	return runtime.ExpectExactly(n.RowsAffected(), 2)
}`},
		"rows that must be": {plan.Answer{Kind: plan.Ignore, Rows: true, Expect: &plan.Expect{Check: "ExpectExactly", N: 2}}, `
func(ctx context.Context) error {
	rows, err := q()
	if err != nil {
		return err
	}
	return runtime.ExpectExactly(int64(len(rows)), 2)
}`},
		"stored": {plan.Answer{Kind: plan.Store, Target: ident("x")}, `
func(ctx context.Context) (err error) {
	x, err = q()
	return err
}`},
		"stored, if so many": {plan.Answer{Kind: plan.Store, Target: ident("x"), Expect: &plan.Expect{Check: "ExpectExactly", N: 2}}, `
func(ctx context.Context) (err error) {
	if x, err = q(); err != nil {
		return err
	}
	return runtime.ExpectExactly(int64(len(x)), 2)
}`},
		"stored, under a condition": {plan.Answer{Kind: plan.Store, Target: ident("x"), Only: ident("ok")}, `
func(ctx context.Context) error {
	rows, err := q()
	if err != nil {
		return err
	}
	if ok {
		x = rows
	}
	return nil
}`},
		"collected": {plan.Answer{Kind: plan.Collect, Target: ident("x"), Also: ident("last")}, `
func(ctx context.Context) error {
	row, err := q()
	if err != nil {
		return err
	}
	last = row
	x = append(x, row)
	return nil
}`},
		"all collected": {plan.Answer{Kind: plan.CollectAll, Target: ident("x"), Expect: &plan.Expect{Check: "ExpectExactly", N: 2}}, `
func(ctx context.Context) error {
	rows, err := q()
	if err != nil {
		return err
	}
	x = append(x, rows...)
	return runtime.ExpectExactly(int64(len(rows)), 2)
}`},
		"counted": {plan.Answer{Kind: plan.Count, Target: ident("x")}, `
func(ctx context.Context) error {
	n, err := q()
	if err != nil {
		return err
	}
	x += n
	return nil
}`},
		"a tag counted": {plan.Answer{Kind: plan.Count, Tag: true, Target: ident("x"), Expect: &plan.Expect{Check: "ExpectExactly", N: 2}}, `
func(ctx context.Context) error {
	n, err := q()
	if err != nil {
		return err
	}
	x += n.RowsAffected()
	return runtime.ExpectExactly(n.RowsAffected(), 2)
}`},
		"rows counted": {plan.Answer{Kind: plan.CountRows, Target: ident("x")}, `
func(ctx context.Context) error {
	rows, err := q()
	if err != nil {
		return err
	}
	x += int64(len(rows))
	return nil
}`},
		"given to their owners": {plan.Answer{Kind: plan.Distribute, Target: ident("x"), Keys: ident("keys"), Owner: "TeamID", Type: goname.Basic("row"), Key: goname.Basic("string")}, `
func(ctx context.Context) error {
	rows, err := q()
	if err != nil {
		return err
	}
	runtime.Distribute(rows, func(row row) string {
		return row.TeamID
	}, keys, x)
	return nil
}`},
		"a row that may not be there": {plan.Answer{Kind: plan.FoundNothing}, `
func(ctx context.Context) error {
	_, err := q()
	return runtime.Optional(err)
}`},
		"the lock of one row": {plan.Answer{Kind: plan.FoundLock, One: true, Target: ident("x")}, `
func(ctx context.Context) error {
	_, err := q()
	x, err = runtime.Found(err)
	return err
}`},
		"the lock by a count": {plan.Answer{Kind: plan.FoundLock, Target: ident("x")}, `
func(ctx context.Context) error {
	n, err := q()
	x = err == nil && n > 0
	return err
}`},
		"the row of a purge": {plan.Answer{Kind: plan.FoundRow, Target: ident("x"), Also: ident("deleted")}, `
func(ctx context.Context) error {
	row, err := q()
	if x, err = runtime.Found(err); x {
		deleted = row
	}
	return err
}`},
		"the row of a purge that was locked": {plan.Answer{Kind: plan.FoundRow, Target: ident("x"), Also: ident("deleted"), Locked: ident("there"), Error: ident("ErrStays")}, `
func(ctx context.Context) error {
	row, err := q()
	if x, err = runtime.Found(err); x {
		deleted = row
	}
	if err != nil {
		return err
	}
	return runtime.ExpectTaken(there, x, ErrStays)
}`},
		"the count of a purge that was locked": {plan.Answer{Kind: plan.FoundCount, Tag: true, Target: ident("x"), Locked: ident("there")}, `
func(ctx context.Context) error {
	n, err := q()
	x = err == nil && n.RowsAffected() > 0
	if err != nil {
		return err
	}
	return runtime.ExpectTaken(there, x, nil)
}`},
		"refused by a count": {plan.Answer{Kind: plan.RefuseCount, Type: goname.Basic("int64"), Error: ident("ErrBusy")}, `
func(ctx context.Context) error {
	n, err := q()
	if err != nil {
		return err
	}
	return runtime.Refuse(n, ErrBusy)
}`},
		"refused by a count of another type": {plan.Answer{Kind: plan.RefuseCount, Type: goname.Basic("int32"), Only: ident("there")}, `
func(ctx context.Context) error {
	n, err := q()
	if err != nil {
		return err
	}
	if !there {
		return nil
	}
	return runtime.Refuse(int64(n), nil)
}`},
		"refused by rows": {plan.Answer{Kind: plan.RefuseRows}, `
func(ctx context.Context) error {
	rows, err := q()
	if err != nil {
		return err
	}
	return runtime.Refuse(int64(len(rows)), nil)
}`},
		"refused by what is true, of children": {plan.Answer{Kind: plan.RefuseTrue, Child: "project", Error: ident("ErrBusy")}, `
func(ctx context.Context) error {
	exists, err := q()
	if err != nil {
		return err
	}
	return runtime.RefuseChildren("project", runtime.CountTrue(exists), ErrBusy)
}`},
		"a batch": {plan.Answer{Kind: plan.Batch, Method: "Exec"}, `
func(ctx context.Context) (err error) {
	batch := q()
	batch.Exec(func(_ int, e error) {
		err = cmp.Or(err, e)
	})
	return cmp.Or(err, batch.Close())
}`},
		"a batch of single rows": {plan.Answer{Kind: plan.Batch, Method: "QueryRow", Target: ident("x"), Type: goname.Basic("row")}, `
func(ctx context.Context) (err error) {
	var all []row
	batch := q()
	batch.QueryRow(func(_ int, row row, e error) {
		err = cmp.Or(err, e)
		all = append(all, row)
	})
	if err = cmp.Or(err, batch.Close()); err != nil {
		return err
	}
	x = append(x, all...)
	return nil
}`},
		"a batch of rows": {plan.Answer{Kind: plan.Batch, Method: "Query", Target: ident("x"), Type: goname.Basic("row").SliceOf()}, `
func(ctx context.Context) (err error) {
	var all []row
	batch := q()
	batch.Query(func(_ int, rows []row, e error) {
		err = cmp.Or(err, e)
		all = append(all, rows...)
	})
	if err = cmp.Or(err, batch.Close()); err != nil {
		return err
	}
	x = append(x, all...)
	return nil
}`},
		"a batch with a list for each turn": {plan.Answer{Kind: plan.Batch, Method: "QueryRow", Target: ident("x"), Type: goname.Basic("row"), Turns: true}, `
func(ctx context.Context) (err error) {
	all := make([]row, len(x))
	batch := q()
	batch.QueryRow(func(i int, row row, e error) {
		err = cmp.Or(err, e)
		all[i] = row
	})
	if err = cmp.Or(err, batch.Close()); err != nil {
		return err
	}
	for i, row := range all {
		*x[i] = append(*x[i], row)
	}
	return nil
}`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			all := printed(t, &plan.Do{Step: "step", Query: "Query", Call: call("q"), Answer: tc.answer})
			_, got, _ := strings.Cut(all, `Query: "Query"}, `)
			if diff := cmp.Diff(unindented(tc.want), strings.TrimSuffix(got, ")")); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}
