package spec

import (
	"bytes"
	"errors"
	"fmt"
	"io"

	"gopkg.in/yaml.v3"

	"github.com/specgen-dev/specgen/internal/diag"
)

// decode reads the one YAML document of the file. It returns false when there
// is none to go on with, which it has reported.
func (p *parser) decode(text []byte) (*yaml.Node, bool) {
	decoder := yaml.NewDecoder(bytes.NewReader(text))
	first, err := nextDocument(decoder)
	switch {
	case errors.Is(err, io.EOF), err == nil && isAbsent(first.Content[0]):
		p.errorf(p.src.pos(1, 1), "SG004", "begin it with `version: 1`", "the file is empty")
		return nil, false
	case err != nil:
		p.syntaxError(text, err)
		return nil, false
	}
	switch second, err := nextDocument(decoder); {
	case errors.Is(err, io.EOF):
	case err != nil:
		p.syntaxError(text, err)
	default:
		p.add(diag.Problem{
			Pos: p.src.pos(second.Line, second.Column), Code: "SG003",
			Message: "a second YAML document begins here", Fix: "keep one document: remove the line `---` and merge what follows it",
		})
	}
	return first.Content[0], true
}

// errLibrary stands for a panic of the YAML library.
var errLibrary = errors.New("yaml: internal error")

// nextDocument reads one document as nodes; io.EOF says that there is no more.
// The YAML library panics on some malformed comments, which must not take the
// process down with it.
func nextDocument(decoder *yaml.Decoder) (node *yaml.Node, err error) {
	defer func() {
		if r := recover(); r != nil {
			node, err = nil, fmt.Errorf("%w: %v", errLibrary, r)
		}
	}()
	node = new(yaml.Node)
	if err := decoder.Decode(node); err != nil {
		return nil, err
	}
	if node.Kind != yaml.DocumentNode || len(node.Content) != 1 {
		return nil, io.EOF
	}
	return node, nil
}

// The bounds on what aliases may expand to. A specification of a hundred scopes
// has some ten thousand nodes, and nests about twenty deep.
const (
	maxNodes = 100_000
	maxDepth = 100
)

// checkSize reports whether the document, with each alias replaced by what it
// stands for, is finite and of a reasonable size. The walk itself visits no
// more nodes than are allowed.
func (p *parser) checkSize(root *yaml.Node) bool {
	w := sizeWalk{p: p, open: map[*yaml.Node]bool{}}
	return w.visit(root, nil, 1)
}

type sizeWalk struct {
	p     *parser
	count int
	open  map[*yaml.Node]bool // the nodes that the walk is inside of
}

// visit walks n, which is reached through alias unless that is nil.
func (w *sizeWalk) visit(n, alias *yaml.Node, depth int) bool {
	at := n
	if alias != nil {
		at = alias
	}
	pos := w.p.src.pos(at.Line, at.Column)
	if n.Kind == yaml.AliasNode {
		if w.open[n.Alias] {
			w.p.add(diag.Problem{
				Pos: w.p.src.pos(n.Line, n.Column), Code: "SG007",
				Message: fmt.Sprintf("the alias %s stands inside its own anchor", quoted("*"+n.Value)),
				Fix:     "write the value out",
				Related: []diag.Related{{Pos: w.p.src.pos(n.Alias.Line, n.Alias.Column), Message: "the anchor"}},
			})
			return false
		}
		if alias == nil {
			alias = n
		}
		return w.visit(n.Alias, alias, depth)
	}
	w.count++
	switch {
	case w.count > maxNodes:
		w.p.errorf(pos, "SG005", "split the specification, or use fewer aliases", "the file has more than %d values, aliases expanded", maxNodes)
		return false
	case depth > maxDepth:
		w.p.errorf(pos, "SG006", "", "the file nests more than %d deep", maxDepth)
		return false
	}
	if len(n.Content) == 0 {
		return true
	}
	w.open[n] = true
	defer delete(w.open, n)
	for _, child := range n.Content {
		if !w.visit(child, alias, depth+1) {
			return false
		}
	}
	return true
}
