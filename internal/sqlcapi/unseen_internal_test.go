package sqlcapi

import "testing"

func TestUnseen(t *testing.T) {
	t.Parallel()
	schema := scanSQL(`CREATE OPERATOR <<@ (FUNCTION = f, LEFTARG = a, RIGHTARG = a); CREATE TABLE t (id int, tags text[], "Tag" text[]);`)
	for text, want := range map[string]string{
		"id=@id":                                "id",
		"id>=@id":                               "id",
		"id<>@id":                               "id",
		"id=-@n":                                "n",
		"id-@n":                                 "n",
		"name||@suffix = 'a'":                   "suffix",
		"data->>@key":                           "key",
		"data@>@part":                           "part",
		"embedding<->@q":                        "q",
		"rank<@top":                             "top",
		"a = $1 AND @b":                         "b",
		"rank<@rank":                            "rank",
		"a.tags<@tags":                          "",
		"tags <@ other":                         "",
		"tags<@Tag":                             "tag",
		"x<@y AND y = 1":                        "",
		"id<<@top":                              "",
		"id~-~@top":                             "",
		"tags@>top":                             "",
		"doc@@query":                            "query",
		"doc@@tags":                             "",
		"box@-@'1'":                             "",
		"'a=@b'":                                "",
		"$$a=@b$$":                              "",
		"$x$a=@b$x$":                            "",
		"e'\\'=@b'":                             "",
		"\"a=@b\"":                              "",
		"id -- =@id":                            "",
		"id /* =@id /* =@x */ */ = 1":           "",
		"id=@ id":                               "",
		"id=@\"id\"":                            "",
		"id = @ -5":                             "",
		"id = $1 AND \n n <= $2 AND b ?| $3 @@": "",
	} {
		got := ""
		for _, u := range unseenIn(scanSQL(text), func() []sqlToken { return schema }) {
			got += u.name
		}
		if got != want {
			t.Errorf("%s: got %q, want %q", text, got, want)
		}
	}
}
