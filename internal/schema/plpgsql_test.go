package schema

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func describeStatements(list []plStatement, indent string) string {
	var b strings.Builder
	for _, s := range list {
		switch s := s.(type) {
		case *plAssign:
			fmt.Fprintf(&b, "%s%s := %s\n", indent, s.target, s.value)
		case *plIf:
			for _, br := range s.branches {
				fmt.Fprintf(&b, "%sif %q\n%s", indent, br.cond, describeStatements(br.body, indent+"  "))
			}
		case *plLoop:
			fmt.Fprintf(&b, "%sloop %q %q %q\n", indent, s.targets, s.exprs, s.query)
			if s.opaque != "" {
				fmt.Fprintf(&b, "%s  opaque %s\n", indent, s.opaque)
			}
			b.WriteString(describeStatements(s.body, indent+"  "))
		case *plBlock:
			values := []string{}
			for _, d := range s.declared {
				values = append(values, d.value)
			}
			fmt.Fprintf(&b, "%sblock %q\n%s", indent, values, describeStatements(s.body, indent+"  "))
			for _, h := range s.handlers {
				fmt.Fprintf(&b, "%shandler\n%s", indent, describeStatements(h, indent+"  "))
			}
		case *plReturn:
			fmt.Fprintf(&b, "%sreturn %s\n", indent, s.value)
		case *plRun:
			fmt.Fprintf(&b, "%srun %q into %q\n", indent, s.sql, s.into)
		case *plRaise:
			fmt.Fprintf(&b, "%sraise %q %v\n", indent, s.exprs, s.ends)
		case *plOpaque:
			fmt.Fprintf(&b, "%sopaque %s\n", indent, s.what)
		}
	}
	return b.String()
}

func TestReadPlpgsql(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ name, body, want string }{
		{"updated_at", "BEGIN NEW.updated_at = now(); RETURN NEW; END", "new.updated_at := now()\nreturn NEW\n"},
		{"lower case, a label and a last semicolon", "\n<<f>>\nbegin\n  new.\"Slug\" := lower(new.slug);\n  return new;\nend f;", "new.Slug := lower(new.slug)\nreturn new\n"},
		{"declarations", "DECLARE n int := 1; s text; c CONSTANT int DEFAULT f(2); x a.b%TYPE NOT NULL = g(); BEGIN NULL; END;", `block ["1" "f(2)" "g()"]` + "\n"},
		{"audit by operation", `
BEGIN
  IF (TG_OP = 'DELETE') THEN
    INSERT INTO audit (op, row) VALUES (TG_OP, to_jsonb(OLD)); -- a comment
    RETURN OLD;
  ELSIF TG_OP = 'UPDATE' THEN
    INSERT INTO audit (op, row) SELECT 'u', CASE WHEN a THEN b ELSE c END;
  ELSE
    PERFORM log(NEW.id);
  END IF;
  RETURN COALESCE(NEW, OLD);
END;`, `if "(TG_OP = 'DELETE')"
  run "INSERT INTO audit (op, row) VALUES (TG_OP, to_jsonb(OLD))" into []
  return OLD
if "TG_OP = 'UPDATE'"
  run "INSERT INTO audit (op, row) SELECT 'u', CASE WHEN a THEN b ELSE c END" into []
if ""
  run "SELECT log(NEW.id)" into []
return COALESCE(NEW, OLD)
`},
		{"select into", "BEGIN SELECT a, b INTO STRICT x, NEW.y FROM t WHERE c = x; UPDATE t SET a = 1 RETURNING a INTO x; WITH q AS (INSERT INTO t VALUES (1) RETURNING a) SELECT a INTO x FROM q; END",
			`run "SELECT a, b FROM t WHERE c = x" into ["x" "new.y"]
run "UPDATE t SET a = 1 RETURNING a " into ["x"]
run "WITH q AS (INSERT INTO t VALUES (1) RETURNING a) SELECT a FROM q" into ["x"]
`},
		{"loops", `BEGIN
  FOR i IN 1..f(3) LOOP n := n + i; END LOOP;
  FOR r IN SELECT * FROM t LOOP DELETE FROM u WHERE id = r.id; END LOOP;
  WHILE n < 3 LOOP n := n + 1; EXIT WHEN n > g(1); CONTINUE; END LOOP;
  FOREACH x IN ARRAY xs LOOP NULL; END LOOP;
  FOR r IN EXECUTE 'x' LOOP NEW.x := r.y; END LOOP;
END`, `loop ["i"] ["1" "f(3)"] ""
  n := n + i
loop ["r"] [] "SELECT * FROM t"
  run "DELETE FROM u WHERE id = r.id" into []
loop [] ["n < 3"] ""
  n := n + 1
  run "SELECT n > g(1)" into []
loop ["x"] ["xs"] ""
loop ["r"] [] ""
  opaque a loop over execute
  new.x := r.y
`},
		{"raise", `BEGIN RAISE NOTICE 'x % %', f(1, 2), y USING HINT = h(3); RAISE EXCEPTION USING MESSAGE = m(); RAISE unique_violation; RAISE; END`,
			`raise ["f(1, 2)" "y" "h(3)"] false
raise ["m()"] true
raise [] true
raise [] true
`},
		{"exceptions and blocks", "BEGIN BEGIN x := 1; EXCEPTION WHEN unique_violation OR others THEN RETURN NULL; END; GET DIAGNOSTICS n = ROW_COUNT; END",
			`block []
  x := 1
handler
  return NULL
run "" into ["n"]
`},
		{"case", "BEGIN CASE TG_OP WHEN 'INSERT', 'UPDATE' THEN x := 1; ELSE x := 2; END CASE; CASE WHEN a THEN RETURN 1; END CASE; END",
			`if "TG_OP IN ('INSERT', 'UPDATE')"
  x := 1
if ""
  x := 2
if "a"
  return 1
if ""
  raise [] true
`},
		{"a cursor", "DECLARE c CURSOR (a int) FOR SELECT b FROM t WHERE b = a; BEGIN NULL; END", "opaque a cursor\n"},
		{"create", "BEGIN CREATE FUNCTION f() RETURNS int BEGIN ATOMIC SELECT 1; SELECT 2; END; CREATE TABLE a AS SELECT 1; END",
			"run \"CREATE FUNCTION f() RETURNS int BEGIN ATOMIC SELECT 1; SELECT 2; END\" into []\nrun \"CREATE TABLE a AS SELECT 1\" into []\n"},
		{"what is opaque", "#variable_conflict use_column\nBEGIN EXECUTE format('x %I', y) USING z; OPEN c; RETURN QUERY EXECUTE 'a'; RETURN QUERY SELECT 1; RETURN NEXT x; END",
			"opaque EXECUTE\nopaque OPEN\nopaque EXECUTE\nrun \"SELECT 1\" into []\nrun \"SELECT x\" into []\n"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			block, ok := readPlpgsql(tt.body)
			if !ok {
				t.Fatal("it was not understood")
			}
			got := describeStatements(block.body, "")
			if len(block.declared) > 0 {
				got = describeStatements([]plStatement{block}, "")
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestReadPlpgsqlRefuses(t *testing.T) {
	t.Parallel()
	for _, body := range []string{"", "BEGIN", "BEGIN IF x THEN y := 1; END", "SELECT 1", "BEGIN x := 1 END", "BEGIN END extra words", "BEGIN CREATE TABLE a (id int) END"} {
		if _, ok := readPlpgsql(body); ok {
			t.Errorf("%q was understood", body)
		}
	}
}
