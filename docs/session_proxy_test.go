//go:build session

package docs_test

import (
	"archive/zip"
	"bytes"
	"crypto/sha256"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

const modulePath = "github.com/specgen-dev/specgen"

// moduleProxy serves this module, as the tree of the clone has it, to the go
// command, and sends it on for all others. It returns its URL.
//
// https://go.dev/ref/mod#goproxy-protocol
func moduleProxy(t *testing.T) string {
	t.Helper()
	upstream, _, _ := strings.Cut(output(t, "go", "env", "GOPROXY"), ",")
	if !strings.HasPrefix(upstream, "http") {
		t.Fatalf("GOPROXY is %q: it must begin with a URL", upstream)
	}
	files := moduleFiles(t)
	digest := sha256.New()
	for _, f := range files {
		fmt.Fprintf(digest, "%s\n%d\n", f.name, len(f.text))
		digest.Write(f.text)
	}
	// The version is of the content: the go command keeps what it downloads.
	made := time.Now().UTC()
	version := fmt.Sprintf("v0.0.0-%s-%.12x", made.Format("20060102150405"), digest.Sum(nil))
	forget(t, version)
	info := fmt.Sprintf("{\"Version\": %q, \"Time\": %q}", version, made.Format(time.RFC3339))
	answers := map[string][]byte{
		"/@v/list":                 nil,
		"/@latest":                 []byte(info),
		"/@v/" + version + ".info": []byte(info),
		"/@v/" + version + ".mod":  []byte(read(t, "../go.mod")),
		"/@v/" + version + ".zip":  zipped(t, modulePath+"@"+version+"/", files),
	}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		own, ok := strings.CutPrefix(r.URL.Path, "/"+modulePath)
		if !ok {
			http.Redirect(w, r, upstream+r.URL.Path, http.StatusFound)
			return
		}
		answer, ok := answers[own]
		if !ok {
			http.NotFound(w, r)
			return
		}
		_, _ = w.Write(answer) // a client that has gone needs none
	}))
	t.Cleanup(server.Close)
	return server.URL
}

type moduleFile struct {
	name string
	text []byte
}

// moduleFiles are the files that a version of the module has: those of git, but
// for the modules below it.
func moduleFiles(t *testing.T) []moduleFile {
	t.Helper()
	names := strings.Split(strings.TrimRight(output(t, "git", "-C", "..", "ls-files", "-z", "--cached", "--others", "--exclude-standard"), "\x00"), "\x00")
	slices.Sort(names)
	var nested []string
	for _, name := range names {
		if dir := path.Dir(name); path.Base(name) == "go.mod" && dir != "." {
			nested = append(nested, dir+"/")
		}
	}
	var files []moduleFile
	for _, name := range slices.Compact(names) {
		if slices.ContainsFunc(nested, func(dir string) bool { return strings.HasPrefix(name, dir) }) {
			continue
		}
		text, err := os.ReadFile(filepath.Join("..", name))
		if os.IsNotExist(err) {
			continue // deleted, and not committed yet
		}
		if err != nil {
			t.Fatal(err)
		}
		files = append(files, moduleFile{name, text})
	}
	if len(files) < 500 {
		t.Fatalf("git names %d files", len(files))
	}
	return files
}

func zipped(t *testing.T, prefix string, files []moduleFile) []byte {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for _, f := range files {
		w, err := z.Create(prefix + f.name)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := w.Write(f.text); err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// forget removes the version from the cache of modules when the test ends.
func forget(t *testing.T, version string) {
	t.Helper()
	cache := strings.TrimSpace(output(t, "go", "env", "GOMODCACHE"))
	t.Cleanup(func() {
		extracted := filepath.Join(cache, filepath.FromSlash(modulePath)+"@"+version)
		_ = filepath.WalkDir(extracted, func(path string, d os.DirEntry, err error) error {
			if err == nil && d.IsDir() {
				return os.Chmod(path, 0o700) // it is read-only
			}
			return err
		})
		downloads, err := filepath.Glob(filepath.Join(cache, "cache", "download", filepath.FromSlash(modulePath), "@v", version+".*"))
		if err != nil {
			t.Error(err)
		}
		for _, name := range append(downloads, extracted) {
			if err := os.RemoveAll(name); err != nil {
				t.Error(err)
			}
		}
	})
}
