package cli

import (
	"fmt"
	"io"
	"slices"
	"sort"
	"strings"

	"github.com/alecthomas/kong"
)

// completionCmd prints a small script for the shell. The script asks the program itself what
// could follow (the hidden complete command), so completion never lags behind the program.
type completionCmd struct {
	Shell string `arg:"" enum:"bash,zsh,fish" help:"bash, zsh or fish."`
}

// Help is the long help of the command.
func (completionCmd) Help() string {
	return `To install it for the current user:

    fourfold completion bash > ~/.local/share/bash-completion/completions/fourfold
    fourfold completion zsh  > "${fpath[1]}/_fourfold"
    fourfold completion fish > ~/.config/fish/completions/fourfold.fish`
}

// Run prints the script.
func (c *completionCmd) Run(r *run) error {
	_, err := io.WriteString(r.out, completionScript(c.Shell))
	return err
}

func completionScript(shell string) string {
	switch shell {
	case "zsh":
		return `#compdef fourfold
_fourfold() {
  local -a found
  local line
  while IFS= read -r line; do
    found+=("${line/$'\t'/:}")
  done < <(fourfold complete -- "${(@)words[2,CURRENT]}" 2>/dev/null)
  if (( ${#found} )); then _describe fourfold found; else _files; fi
}
compdef _fourfold fourfold
`
	case "fish":
		return `function __fourfold_candidates
  fourfold complete -- (commandline -opc)[2..-1] (commandline -ct) 2>/dev/null
end
complete -c fourfold -f -a '(__fourfold_candidates)'
complete -c fourfold -n 'not count (__fourfold_candidates) >/dev/null' -F
`
	default:
		return `_fourfold() {
  local line
  COMPREPLY=()
  while IFS= read -r line; do
    COMPREPLY+=("${line%%$'\t'*}")
  done < <(fourfold complete -- "${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null)
}
complete -o default -F _fourfold fourfold
`
	}
}

// completeCmd answers the completion scripts: one candidate a line, a tab, its description.
type completeCmd struct {
	Words []string `arg:"" optional:"" help:"The words typed so far; the last one is being completed."`
}

// Run prints what could stand in place of the last word.
func (c *completeCmd) Run(r *run) error {
	for _, cand := range candidates(r.model, c.Words) {
		if _, err := fmt.Fprintf(r.out, "%s\t%s\n", cand.word, cand.help); err != nil {
			return err
		}
	}
	return nil
}

type candidate struct{ word, help string }

// candidates lists, sorted, the commands, flags or values that could stand in place of the last
// of words, from the model of the whole command line. An empty answer leaves it to the shell,
// which offers files.
func candidates(root *kong.Node, words []string) []candidate {
	if len(words) == 0 {
		words = []string{""}
	}
	typed, partial := words[:len(words)-1], words[len(words)-1]
	node, pending, positionals := follow(root, typed)
	var all []candidate
	switch {
	case pending != nil:
		all = values(pending.Value)
	case strings.HasPrefix(partial, "-"):
		all = flags(node)
	case len(node.Children) > 0:
		all = commands(node)
	case positionals < len(node.Positional):
		all = values(node.Positional[positionals])
	}
	all = slices.DeleteFunc(all, func(c candidate) bool { return !strings.HasPrefix(c.word, partial) })
	sort.Slice(all, func(i, j int) bool { return all[i].word < all[j].word })
	return all
}

// follow walks down the commands in typed. pending is the flag whose value comes next.
func follow(root *kong.Node, typed []string) (node *kong.Node, pending *kong.Flag, positionals int) {
	node = root
	for _, word := range typed {
		switch {
		case pending != nil:
			pending = nil
		case strings.HasPrefix(word, "-"):
			pending = flagWanting(node, word)
		default:
			if child := childNamed(node, word); child != nil {
				node = child
			} else {
				positionals++
			}
		}
	}
	return node, pending, positionals
}

// flagWanting returns the flag that word names if its value is still to come.
func flagWanting(node *kong.Node, word string) *kong.Flag {
	for _, group := range node.AllFlags(true) {
		for _, f := range group {
			named := word == "--"+f.Name || (f.Short != 0 && word == "-"+string(f.Short))
			if named && !f.IsBool() && !f.IsCounter() {
				return f
			}
		}
	}
	return nil
}

func childNamed(node *kong.Node, word string) *kong.Node {
	for _, child := range node.Children {
		if !child.Hidden && child.Name == word {
			return child
		}
	}
	return nil
}

func commands(node *kong.Node) []candidate {
	var out []candidate
	for _, child := range node.Children {
		if !child.Hidden {
			out = append(out, candidate{child.Name, child.Help})
		}
	}
	return out
}

func flags(node *kong.Node) []candidate {
	var out []candidate
	for _, group := range node.AllFlags(true) {
		for _, f := range group {
			out = append(out, candidate{"--" + f.Name, f.Help})
		}
	}
	return out
}

func values(v *kong.Value) []candidate {
	var out []candidate
	if v.Enum == "" {
		return nil
	}
	for _, word := range v.EnumSlice() {
		if word != "" {
			out = append(out, candidate{word, ""})
		}
	}
	return out
}

// commandPath is how a person types the command: "measure show".
func commandPath(node *kong.Node) string {
	var words []string
	for n := node; n != nil && n.Type != kong.ApplicationNode; n = n.Parent {
		words = append(words, n.Name)
	}
	slices.Reverse(words)
	return strings.Join(words, " ")
}
