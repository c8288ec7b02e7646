package schema

import (
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"

	pg "github.com/sqlc-dev/oliphant"
	"github.com/sqlc-dev/oliphant/parser"
)

// The server gives up on deep statements by its max_stack_depth. The parser here
// has no such limit: it takes quadratic time for parentheses, so that a broken
// file would look like a hang, and overflows its stack on a long enough chain of
// operators, which cannot be recovered from.
const (
	maxNesting = 400    // parentheses inside each other
	maxRun     = 50_000 // tokens without a comma or a semicolon between them
)

// SyntaxError is a text that PostgreSQL's grammar refuses.
type SyntaxError struct {
	Line, Col int // 1-based, the column in runes; Col is 0 when it is not known
	Message   string

	offset int // in bytes
}

// Error gives the line and the message.
func (e *SyntaxError) Error() string { return fmt.Sprintf("line %d: %s", e.Line, e.Message) }

// parse runs the SQL parser. Its errors are *SyntaxError, with positions in text.
func parse(text string) ([]*pg.RawStmt, *SyntaxError) {
	if err := unreadable(text); err != nil {
		return nil, err
	}
	tree, err := pg.Parse(text)
	if err != nil {
		return nil, syntaxError(text, err)
	}
	return tree.Stmts, nil
}

// unreadable finds what the parser would answer badly: it stops silently at a
// NUL byte as C does, reports a wrong encoding without a place, and is slow on
// deep nesting.
func unreadable(text string) *SyntaxError {
	if !utf8.ValidString(text) {
		i := 0
		for i < len(text) {
			r, size := utf8.DecodeRuneInString(text[i:])
			if r == utf8.RuneError && size == 1 {
				break
			}
			i += size
		}
		return errorAt(text, i, "the text is not UTF-8")
	}
	if i := strings.IndexByte(text, 0); i >= 0 {
		return errorAt(text, i, "the text holds a NUL byte")
	}
	if !mayBeDeep(text) {
		return nil
	}
	depth, run := 0, 0
	for _, t := range scanTokens(text) {
		run++
		switch t.Token {
		case pg.Token_ASCII_40, pg.Token_ASCII_91: // ( [
			depth++
		case pg.Token_ASCII_41, pg.Token_ASCII_93: // ) ]
			depth--
		case pg.Token_ASCII_44: // ,
			run = 0
		case pg.Token_ASCII_59: // ;
			depth, run = 0, 0
		}
		if depth > maxNesting {
			return errorAt(text, int(t.Start), fmt.Sprintf("more than %d parentheses inside each other", maxNesting))
		}
		if run > maxRun {
			return errorAt(text, int(t.Start), fmt.Sprintf("more than %d words and signs without a comma", maxRun))
		}
	}
	return nil
}

// mayBeDeep is a cheap test without knowledge of strings and comments, which
// nearly every text fails. A token has one byte at least.
func mayBeDeep(text string) bool {
	depth, run := 0, 0
	for i := range len(text) {
		run++
		switch text[i] {
		case '(', '[':
			depth++
		case ')', ']':
			depth = max(depth-1, 0)
		case ',', ';':
			run = 0
		}
		if depth > maxNesting || run > maxRun {
			return true
		}
	}
	return false
}

// syntaxError turns an error of the parser into ours.
func syntaxError(text string, err error) *SyntaxError {
	var perr *parser.Error
	if !errors.As(err, &perr) {
		return errorAt(text, 0, err.Error())
	}
	// The parser counts characters, from one.
	offset := 0
	for n := 1; n < perr.Cursorpos && offset < len(text); n++ {
		_, size := utf8.DecodeRuneInString(text[offset:])
		offset += size
	}
	message := perr.Message
	if first, _, ok := strings.Cut(message, "\n"); ok {
		message = first + `…"` // it quotes the rest of the text
	}
	return errorAt(text, offset, message)
}

func errorAt(text string, offset int, message string) *SyntaxError {
	pos := newSource("", text).pos(offset)
	return &SyntaxError{Line: pos.Line, Col: pos.Col, Message: message, offset: offset}
}

// scanTokens returns the tokens of text without comments, up to the first
// place that is not SQL at all.
func scanTokens(text string) []*pg.ScanToken {
	result, err := pg.Scan(text)
	if err != nil {
		result, err = pg.Scan(text[:syntaxError(text, err).offset])
		if err != nil {
			return nil
		}
	}
	tokens := result.Tokens[:0]
	for _, t := range result.Tokens {
		if t.Token != pg.Token_SQL_COMMENT && t.Token != pg.Token_C_COMMENT {
			tokens = append(tokens, t)
		}
	}
	return tokens
}

// batch is a run of statements that parsed together; locations in it count
// from base.
type batch struct {
	base  int
	stmts []*pg.RawStmt
}

// parseAll parses every statement of text that can be parsed. A broken
// statement costs one error and not the statements after it. The errors have
// their offset only.
func parseAll(text string) ([]batch, []*SyntaxError) {
	stmts, err := parse(text)
	if err == nil {
		return []batch{{stmts: stmts}}, nil
	}
	if unreadable(text) != nil {
		return nil, []*SyntaxError{err}
	}
	var batches []batch
	var errs []*SyntaxError
	tokens := scanTokens(text)
	for start := 0; start < len(text); {
		for len(tokens) > 0 && int(tokens[0].Start) < start {
			tokens = tokens[1:]
		}
		end := statementEnd(text, tokens)
		stmts, err := parse(text[start:end])
		if err == nil {
			batches = append(batches, batch{base: start, stmts: stmts})
			start = end + 1
			continue
		}
		at := start + err.offset
		errs = append(errs, &SyntaxError{Message: err.Message, offset: at})
		start = end + 1
		if at < end && text[at] == ';' {
			// A parenthesis is open: the statement ends here all the same.
			start = at + 1
		}
	}
	return batches, errs
}

// statementEnd returns the offset of the semicolon that ends the statement at
// the first token, or the text's length. Semicolons in parentheses (CREATE RULE) and in
// BEGIN ATOMIC … END belong to the statement.
func statementEnd(text string, tokens []*pg.ScanToken) int {
	parens, blocks := 0, 0
	for i, t := range tokens {
		switch t.Token {
		case pg.Token_ASCII_40: // (
			parens++
		case pg.Token_ASCII_41: // )
			parens = max(parens-1, 0)
		case pg.Token_ATOMIC:
			if i > 0 && tokens[i-1].Token == pg.Token_BEGIN_P {
				blocks++
			}
		case pg.Token_CASE:
			if blocks > 0 {
				blocks++
			}
		case pg.Token_END_P:
			blocks = max(blocks-1, 0)
		case pg.Token_ASCII_59: // ;
			if parens == 0 && blocks == 0 {
				return int(t.Start)
			}
		}
	}
	return len(text)
}
