// Names the technologies of pages by wappalyzergo's fingerprints.
// fingerprint FOLDER: prints `what<TAB>bytes<TAB>seconds of processor time`.
package main

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"

	wappalyzer "github.com/projectdiscovery/wappalyzergo"
)

func processorTime() float64 {
	var usage syscall.Rusage
	_ = syscall.Getrusage(syscall.RUSAGE_SELF, &usage)
	return float64(usage.Utime.Nano()+usage.Stime.Nano()) / 1e9
}

func main() {
	var pages [][]byte
	bytes := 0
	_ = filepath.WalkDir(os.Args[1], func(path string, entry fs.DirEntry, err error) error {
		if err == nil && strings.HasSuffix(path, ".html") {
			if page, err := os.ReadFile(path); err == nil {
				pages, bytes = append(pages, page), bytes+len(page)
			}
		}
		return nil
	})
	client, err := wappalyzer.New()
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	headers := map[string][]string{"Content-Type": {"text/html"}}
	began := processorTime()
	for _, page := range pages {
		client.Fingerprint(headers, page)
	}
	fmt.Printf("wappalyzergo\t%d\t%.6f\n", bytes, processorTime()-began)
}
