// The program that runs the scripts of all cases. It reads one JSON request a
// line, a case and the URL of its database, and answers with what the script
// printed.
package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/jackc/pgx/v5/pgxpool"
)

type script func(ctx context.Context, pool *pgxpool.Pool, out io.Writer) error

type request struct{ Name, URL string }

type answer struct{ Name, Output, Error string }

func main() {
	in, out := json.NewDecoder(os.Stdin), json.NewEncoder(os.Stdout)
	for {
		var r request
		if err := in.Decode(&r); errors.Is(err, io.EOF) {
			return
		} else if err != nil {
			fmt.Fprintln(os.Stderr, "reading a request:", err)
			os.Exit(1)
		}
		a := answer{Name: r.Name}
		var printed bytes.Buffer
		if err := run(scripts[r.Name], r.URL, &printed); err != nil {
			a.Error = err.Error()
		}
		a.Output = printed.String()
		if err := out.Encode(a); err != nil {
			fmt.Fprintln(os.Stderr, "writing an answer:", err)
			os.Exit(1)
		}
	}
}

// run runs one script on its database. A panic, which is how package show ends
// a script, is its error.
func run(f script, url string, out io.Writer) (err error) {
	if f == nil {
		return errors.New("the program has no such case")
	}
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("panic: %v", r)
		}
	}()
	ctx := context.Background()
	pool, err := pgxpool.New(ctx, url)
	if err != nil {
		return err
	}
	defer pool.Close()
	return f(ctx, pool, out)
}
