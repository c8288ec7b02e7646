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
		"no answer": {&plan.NoAnswer{}, `
func(ctx context.Context) error {
	return q()
}`},
		"an answer that nobody reads": {&plan.Ignored{}, `
func(ctx context.Context) error {
	_, err := q()
	return err
}`},
		"a count that must be": {&plan.Ignored{Expect: &plan.Expect{Check: "ExpectExactly", N: 2}}, `
func(ctx context.Context) error {
	n, err := q()
	if err != nil {
		return err
	}
	return runtime.ExpectExactly(n, 2)
}`},
		"a tag that must be": {&plan.Ignored{Count: plan.ByTag, Expect: &plan.Expect{Check: "ExpectExactly", N: 2}}, `
func(ctx context.Context) error {
	n, err := q()
	if err != nil {
		return err
	}
	return runtime.ExpectExactly(n.RowsAffected(), 2)
}`},
		"rows that must be": {&plan.Ignored{Count: plan.ByRows, Expect: &plan.Expect{Check: "ExpectExactly", N: 2}}, `
func(ctx context.Context) error {
	rows, err := q()
	if err != nil {
		return err
	}
	return runtime.ExpectExactly(int64(len(rows)), 2)
}`},
		"stored": {&plan.Stored{Target: ident("x")}, `
func(ctx context.Context) (err error) {
	x, err = q()
	return err
}`},
		"stored, if so many": {&plan.Stored{Target: ident("x"), Expect: &plan.Expect{Check: "ExpectExactly", N: 2}}, `
func(ctx context.Context) (err error) {
	if x, err = q(); err != nil {
		return err
	}
	return runtime.ExpectExactly(int64(len(x)), 2)
}`},
		"stored, under a condition": {&plan.Stored{Target: ident("x"), Only: ident("ok")}, `
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
		"collected": {&plan.Appended{Target: ident("x"), Also: ident("last")}, `
func(ctx context.Context) error {
	row, err := q()
	if err != nil {
		return err
	}
	last = row
	x = append(x, row)
	return nil
}`},
		"all collected": {&plan.Appended{All: true, Target: ident("x"), Expect: &plan.Expect{Check: "ExpectExactly", N: 2}}, `
func(ctx context.Context) error {
	rows, err := q()
	if err != nil {
		return err
	}
	x = append(x, rows...)
	return runtime.ExpectExactly(int64(len(rows)), 2)
}`},
		"counted": {&plan.Counted{Target: ident("x")}, `
func(ctx context.Context) error {
	n, err := q()
	if err != nil {
		return err
	}
	x += n
	return nil
}`},
		"a tag counted": {&plan.Counted{Count: plan.ByTag, Target: ident("x"), Expect: &plan.Expect{Check: "ExpectExactly", N: 2}}, `
func(ctx context.Context) error {
	n, err := q()
	if err != nil {
		return err
	}
	x += n.RowsAffected()
	return runtime.ExpectExactly(n.RowsAffected(), 2)
}`},
		"rows counted": {&plan.Counted{Count: plan.ByRows, Target: ident("x")}, `
func(ctx context.Context) error {
	rows, err := q()
	if err != nil {
		return err
	}
	x += int64(len(rows))
	return nil
}`},
		"given to their owners": {&plan.Distributed{Target: ident("x"), Keys: ident("keys"), Owner: "TeamID", Row: goname.Basic("row"), Key: goname.Basic("string")}, `
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
		"a row that may not be there": {&plan.Optional{}, `
func(ctx context.Context) error {
	_, err := q()
	return runtime.Optional(err)
}`},
		"the lock of one row": {&plan.Locked{One: true, Target: ident("x")}, `
func(ctx context.Context) error {
	_, err := q()
	x, err = runtime.Found(err)
	return err
}`},
		"the lock by a count": {&plan.Locked{Target: ident("x")}, `
func(ctx context.Context) error {
	n, err := q()
	x = err == nil && n > 0
	return err
}`},
		"the row of a purge": {&plan.Purged{Target: ident("x"), Row: ident("deleted")}, `
func(ctx context.Context) error {
	row, err := q()
	if x, err = runtime.Found(err); x {
		deleted = row
	}
	return err
}`},
		"the row of a purge that was locked": {&plan.Purged{Target: ident("x"), Row: ident("deleted"), Locked: ident("there"), Error: ident("ErrStays")}, `
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
		"the count of a purge that was locked": {&plan.Purged{Count: plan.ByTag, Target: ident("x"), Locked: ident("there")}, `
func(ctx context.Context) error {
	n, err := q()
	x = err == nil && n.RowsAffected() > 0
	if err != nil {
		return err
	}
	return runtime.ExpectTaken(there, x, nil)
}`},
		"refused by a count": {&plan.Refused{Type: goname.Basic("int64"), Error: ident("ErrBusy")}, `
func(ctx context.Context) error {
	n, err := q()
	if err != nil {
		return err
	}
	return runtime.Refuse(n, ErrBusy)
}`},
		"refused by a count of another type": {&plan.Refused{Type: goname.Basic("int32"), Only: ident("there")}, `
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
		"refused by rows": {&plan.Refused{Count: plan.ByRows}, `
func(ctx context.Context) error {
	rows, err := q()
	if err != nil {
		return err
	}
	return runtime.Refuse(int64(len(rows)), nil)
}`},
		"refused by what is true, of children": {&plan.Refused{Count: plan.ByTruth, Child: "project", Error: ident("ErrBusy")}, `
func(ctx context.Context) error {
	exists, err := q()
	if err != nil {
		return err
	}
	return runtime.RefuseChildren("project", runtime.CountTrue(exists), ErrBusy)
}`},
		"a batch": {&plan.Batched{Method: "Exec"}, `
func(ctx context.Context) (err error) {
	batch := q()
	batch.Exec(func(_ int, e error) {
		err = cmp.Or(err, e)
	})
	return cmp.Or(err, batch.Close())
}`},
		"a batch of single rows": {&plan.Batched{Method: "QueryRow", Target: ident("x"), Type: goname.Basic("row")}, `
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
		"a batch of rows": {&plan.Batched{Method: "Query", Target: ident("x"), Type: goname.Basic("row").SliceOf()}, `
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
		"a batch with a list for each turn": {&plan.Batched{Method: "QueryRow", Target: ident("x"), Type: goname.Basic("row"), Turns: true}, `
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
