package spec

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"regexp"
	"strconv"
	"strings"

	"gopkg.in/yaml.v3"

	"github.com/specgen-dev/specgen/internal/diag"
)

// A complaint is what the YAML library says, and what we say instead. The
// library's text is matched by a part of it.
type complaint struct {
	part    string
	message string
	fix     string
	column  func(line []rune, stop int) int // 0-based column in the line, -1 for unknown; nil for the first character
	opening bool                            // the place is where the construct begins, not where it breaks
	bare    bool                            // an expression without quotes is a likely cause
}

const quoteFix = "quote text that contains a comma, a bracket, a brace, or a colon and a space"

const noToken = "found character that cannot start any token"

// complaints are in order: the first whose part occurs wins.
var complaints = []complaint{
	{part: "did not find expected ',' or ']'", message: "this list in brackets is not closed, or lacks a comma", fix: "close it with ]; " + quoteFix, column: openBracket, bare: true},
	{part: "did not find expected ',' or '}'", message: "this mapping in braces is not closed, or lacks a comma", fix: "close it with }; " + quoteFix, column: openBracket, bare: true},
	{part: "did not find expected key", message: "this line does not fit the ones above it: a key is expected", fix: "indent it as its neighbours are; quote text that begins with a bracket, a brace or a quote", column: textAfterFlow, bare: true},
	{part: "'-' indicator", message: "this line does not fit the list above it", fix: "begin each entry with `- `, all in one column; close each bracket once", column: textAfterFlow},
	{part: "mapping values are not allowed", message: "a second `key:` cannot begin here", fix: "put it on a line of its own, indented as its neighbours are; " + quoteFix, column: lastColon, bare: true},
	{part: "could not find expected ':'", message: "this line is neither `key: value` nor an entry of a list", fix: "add the colon, or indent the line to continue the text above"},
	{part: "block sequence entries are not allowed", message: "an entry of a list cannot begin here", fix: "put `- ` on a line of its own", column: last("-")},
	{part: "mapping keys are not allowed", message: "`? ` cannot begin a key here", fix: "quote text that begins with a question mark", column: last("?")},
	{part: noToken, message: "a value cannot begin here", fix: "quote the text", column: badStart},
	{part: "found a tab character", message: "a tab cannot indent", fix: "indent with spaces", column: firstTab},
	{part: "found unexpected end of stream", message: "this quoted text is never closed", fix: "add the closing quote", column: openQuote, opening: true},
	{part: "found unexpected document indicator", message: "this quoted text is not closed before `---`", fix: "add the closing quote", column: openQuote, opening: true},
	{part: "found unknown escape character", message: "this escape is not known in double quotes", fix: `write \\ for a backslash, or use single quotes`, column: last(`\`)},
	{part: "hexdecimal number", message: "this escape lacks hexadecimal digits", fix: `write \xNN, \uNNNN or \UNNNNNNNN`, column: last(`\`)},
	{part: "invalid Unicode character escape", message: "this escape is not a Unicode character", fix: "write the character itself", column: last(`\`)},
	{part: "did not find expected node content", message: "a value is missing here, or begins with a stray comma, bracket or brace", fix: "write the value; " + quoteFix, bare: true},
	{part: "alphabetic or numeric character", message: "an anchor (&) or an alias (*) needs a name", fix: "quote text that begins with & or *", column: last("&*")},
	{part: "block scalar", message: "the line that begins this block of text is wrong", fix: "write | or > and nothing else on the line", column: last("|>")},
	{part: "indentation indicator", message: "the line that begins this block of text is wrong", fix: "write | or > and nothing else on the line", column: last("|>")},
	{part: "exceeded max depth", message: "the file nests too deeply", column: openBracket},
	{part: "<document start>", message: "this stands after the end of the document", fix: "remove the line `...` above it"},
	{part: "tag", message: "this tag is not known", fix: "remove the tag, or quote text that begins with an exclamation mark", column: last("!")},
	{part: "'!'", message: "this tag is not known", fix: "remove the tag, or quote text that begins with an exclamation mark", column: last("!")},
	{part: "directive", message: "a YAML directive cannot stand here", fix: "remove the line that begins with %"},
	{part: "incompatible YAML document", message: "a YAML directive cannot stand here", fix: "remove the line that begins with %"},
}

var unknownAnchor = regexp.MustCompile(`unknown anchor '(.*)' referenced`)

// syntaxError reports what the YAML library found wrong, in our words.
//
// The library tells the line on which the enclosing construct begins, and not
// always that. How much of the text it had read when it gave up is an upper
// bound of the place; among the last lines before it, the culprit is the one
// without which the text parses.
func (p *parser) syntaxError(text []byte, err error) {
	stop, again := readUntilError(text)
	if again == nil {
		again = err
	}
	if m := unknownAnchor.FindStringSubmatch(err.Error()); m != nil {
		p.errorf(p.aliasPos(m[1], stop), "SG002", "define the anchor above, or quote text that begins with *", "no anchor is named %s", quoted(m[1]))
		return
	}
	c := complaint{message: "this is not valid YAML", fix: "look for a missing quote, bracket or colon on this line and above it"}
	for _, known := range complaints {
		if strings.Contains(err.Error(), known.part) {
			c = known
			break
		}
	}
	line := p.brokenLine(text, stop, again, c.opening)
	runes := p.src.line(line)
	end := min(max(stop-p.src.lines[line-1], 0), len(runes))
	col := -1
	if c.column != nil {
		col = c.column(runes, end)
	}
	if col < 0 {
		col = max(firstVisible(runes), 0)
	}
	if c.part == noToken && col < len(runes) {
		c.message, c.fix = fmt.Sprintf("a value cannot begin with %s", quoted(string(runes[col]))), "quote the text"
		if runes[col] == '\t' {
			c.message, c.fix = "a tab cannot indent", "indent with spaces"
		}
	}
	if at := bareExpression(runes); c.bare && at >= 0 {
		col, c.fix = at, "quote the expression: commas, brackets, braces and `: ` have a meaning of their own in YAML"
	}
	p.errorf(p.src.pos(line, col+1), "SG002", c.fix, "%s", c.message)
}

// readUntilError parses text again, a byte at a time, behind a comment line: the
// library leaves out the number of the first line. It returns how many runes of
// text were read when the error was found.
func readUntilError(text []byte) (int, error) {
	const lead = "#\n"
	r := &countingReader{text: append([]byte(lead), text...)}
	decoder := yaml.NewDecoder(r)
	var err error
	for err == nil {
		_, err = nextDocument(decoder)
	}
	if errors.Is(err, io.EOF) {
		err = nil
	}
	read := max(r.n-len(lead), 0)
	return len([]rune(string(text[:read]))), err
}

// countingReader hands out its text one byte at a time.
type countingReader struct {
	text []byte
	n    int
}

func (r *countingReader) Read(b []byte) (int, error) {
	if r.n == len(r.text) {
		return 0, io.EOF
	}
	if len(b) == 0 {
		return 0, nil
	}
	b[0] = r.text[r.n]
	r.n++
	return 1, nil
}

var lineNumber = regexp.MustCompile(`^yaml: line (\d+): `)

// brokenLine returns the 1-based line to point at.
func (p *parser) brokenLine(text []byte, stop int, err error, opening bool) int {
	last := p.src.posAt(max(stop-1, 0)).Line
	told := last
	if m := lineNumber.FindStringSubmatch(err.Error()); m != nil {
		// The comment line put in front made the number of a parser's error
		// right, which is one short otherwise, and that of a scanner's error
		// one too many.
		n, _ := strconv.Atoi(m[1])
		if opening {
			n--
		}
		told = min(max(n, 1), len(p.src.lines))
	}
	if opening {
		return told
	}
	const back = 4
	for line := last; line > max(last-back, 0); line-- {
		if firstVisible(p.src.line(line)) < 0 {
			continue
		}
		if parses(linesBefore(text, line)) {
			return line
		}
	}
	return told
}

// linesBefore returns the lines of text that come before a 1-based line.
func linesBefore(text []byte, line int) []byte {
	end := 0
	for range line - 1 {
		i := bytes.IndexByte(text[end:], '\n')
		if i < 0 {
			return text
		}
		end += i + 1
	}
	return text[:end]
}

func parses(text []byte) bool {
	decoder := yaml.NewDecoder(bytes.NewReader(text))
	for {
		if _, err := nextDocument(decoder); err != nil {
			return errors.Is(err, io.EOF)
		}
	}
}

// aliasPos finds the last *name that ends before the rune at stop.
func (p *parser) aliasPos(name string, stop int) diag.Pos {
	before := string(p.src.runes[:min(stop, len(p.src.runes))])
	if i := strings.LastIndex(before, "*"+name); i >= 0 {
		return p.src.posAt(len([]rune(before[:i])))
	}
	return p.src.posAt(max(stop-1, 0))
}
