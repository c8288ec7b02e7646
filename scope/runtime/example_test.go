package runtime_test

import (
	"context"
	"errors"
	"fmt"

	"github.com/specgen-dev/specgen/scope"
	"github.com/specgen-dev/specgen/scope/runtime"
)

// createNote is what generated code looks like, with SQL in the place of
// functions of sqlc: both statements travel together.
func createNote(ctx context.Context, tx *runtime.Tx, text string) (id scope.UUID, err error) {
	op := tx.Create("note", nil, nil)
	id = op.NewUUID()
	f := op.Flush()
	f.Do(runtime.Step{Name: "row", Query: "CreateNote"}, func(ctx context.Context) error {
		_, err := op.Exec(ctx, "INSERT INTO notes (id, text) VALUES ($1, $2)", id, text)
		return err
	})
	f.Do(runtime.Step{Name: "copy", Query: "CopyNote"}, func(ctx context.Context) error {
		_, err := op.Exec(ctx, "INSERT INTO notes (id, text) VALUES ($1, $2)", op.NewUUID(), text+", again")
		return err
	})
	op.AfterCommit("after_commit.Published", func(context.Context) error {
		fmt.Println("published", text)
		return nil
	})
	return id, f.Send(ctx)
}

// In runs what generated coordinators consist of in one transaction. What was
// queued for after the commit runs in order, and not when it was rolled back.
func ExampleIn() {
	ctx := context.Background()
	runner := runtime.NewRunner(openExample())

	for _, texts := range [][]string{{"one", "two"}, {"three", "one"}} {
		_, err := runtime.In(ctx, runner, func(ctx context.Context, tx *runtime.Tx) (struct{}, error) {
			for _, text := range texts {
				if _, err := createNote(ctx, tx, text); err != nil {
					return struct{}{}, err
				}
			}
			return struct{}{}, nil
		})
		fmt.Println(texts, "exists:", errors.Is(err, scope.ErrAlreadyExists))
	}
	// Output:
	// published one
	// published two
	// [one two] exists: false
	// [three one] exists: true
}

// On a transaction of the caller's, what was queued for after the commit runs
// when the caller says that its COMMIT has succeeded.
func ExampleRunner_AfterCommit() {
	ctx := context.Background()
	pool := openExample()
	tx, err := pool.Begin(ctx)
	if err != nil {
		panic(err)
	}
	defer func() { _ = tx.Rollback(ctx) }() // does nothing after the commit

	runner := runtime.NewRunner(tx)
	_, err = runtime.In(ctx, runner, func(ctx context.Context, tx *runtime.Tx) (scope.UUID, error) {
		return createNote(ctx, tx, "one")
	})
	if err != nil {
		panic(err)
	}
	fmt.Println("before the commit")
	if err := tx.Commit(ctx); err != nil {
		panic(err)
	}
	if err := runner.AfterCommit(ctx); err != nil {
		panic(err)
	}
	// Output:
	// before the commit
	// published one
}
