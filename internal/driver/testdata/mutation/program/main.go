// The program that executes mutants of the examples. It reads one JSON request a
// line, a mutant and what it changes, and answers with what every act of the
// scenario left in the tables.
package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"reflect"
	"sync"
)

// variants are the constructors of the generated packages, by the name of the
// variant; the file that fills it is written by the test.
var _ map[string]any = variants

type request struct {
	ID      string
	Project string
	Variant string              // the generated code
	Schema  []string            // the files of the schema
	SQL     map[string]string   // by the name of the query, what is sent in place of the statement in the code
	Columns map[string][]string // of each table, those that are compared; nil for all
	Types   map[string]string   // of the fields that callers fill, in the original
	Want    []act               // what the original leaves; it ends at the first difference. nil for no comparison
}

type answer struct {
	ID      string
	Acts    []act
	Columns map[string][]string
	Types   map[string]string
	Error   string // of the machinery: nothing is known of the mutant
}

// act is one thing that callers do, and what it left.
type act struct {
	Name    string
	Outcome string // done or refused
	Rows    string // of all tables, as a hash
	Note    string // why it was refused; it is not compared
}

func main() {
	urls := os.Args[1:]
	in, out := json.NewDecoder(os.Stdin), json.NewEncoder(os.Stdout)
	requests := make(chan request)
	var mu sync.Mutex
	var workers sync.WaitGroup
	for _, url := range urls {
		workers.Go(func() {
			bench, err := open(url)
			if err != nil {
				fmt.Fprintln(os.Stderr, "opening a database:", err)
				os.Exit(1)
			}
			defer bench.close()
			for r := range requests {
				a := bench.perform(r)
				mu.Lock()
				if err := out.Encode(a); err != nil {
					fmt.Fprintln(os.Stderr, "writing an answer:", err)
					os.Exit(1)
				}
				mu.Unlock()
			}
		})
	}
	for {
		var r request
		if err := in.Decode(&r); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			fmt.Fprintln(os.Stderr, "reading a request:", err)
			os.Exit(1)
		}
		requests <- r
	}
	close(requests)
	workers.Wait()
}

// perform plays the scenario of a project with the code and the SQL of a mutant.
func (b *bench) perform(r request) (a answer) {
	a.ID = r.ID
	defer func() {
		if p := recover(); p != nil {
			a.Error = fmt.Sprintf("panic: %v", p)
		}
	}()
	newProvider := variants[r.Variant]
	play := scenarios[r.Project]
	if newProvider == nil || play.acts == nil {
		a.Error = "the program has no such variant"
		return a
	}
	w := &world{bench: b, request: r, constructor: reflect.ValueOf(newProvider), cast: play.cast, types: map[string]string{}}
	if err := w.reset(play.seed); err != nil {
		a.Error = "preparing the database: " + err.Error()
		return a
	}
	play.acts(w)
	a.Acts, a.Columns, a.Types = w.acts, w.columns, w.types
	if w.broken != nil {
		a.Error = w.broken.Error()
	}
	return a
}
