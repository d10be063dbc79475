package cli

import (
	"os/exec"
	"runtime"
)

// openBrowser asks the desktop to show url. It is a courtesy: the address is always printed as
// well, so a failure is not reported. The helper is left to end by itself.
func openBrowser(url string) {
	name, args := browserCommand(runtime.GOOS, url)
	cmd := exec.Command(name, args...)
	if cmd.Start() == nil {
		go func() { _ = cmd.Wait() }()
	}
}

// browserCommand is the desktop's own way to open an address.
func browserCommand(goos, url string) (name string, args []string) {
	switch goos {
	case "windows":
		return "rundll32", []string{"url.dll,FileProtocolHandler", url}
	case "darwin":
		return "open", []string{url}
	default:
		return "xdg-open", []string{url}
	}
}
