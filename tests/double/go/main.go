// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: The wfpwatch authors

//go:build windows

// policy lists the engine's layers, providers, sublayers and rules with the module github.com/tailscale/wf, whose
// authors know Windows and not our stand-ins for it; then it adds a provider, a sublayer and a rule, and deletes them.
package main

import (
	"fmt"
	"net/netip"
	"os"
	"sort"

	"github.com/tailscale/wf"
	"golang.org/x/sys/windows"
)

var (
	providerID = wf.ProviderID(windows.GUID{Data1: 0xabcd0001})
	sublayerID = wf.SublayerID(windows.GUID{Data1: 0xabcd0002})
	// Windows' own, for which the module exports no name.
	universalID = wf.SublayerID(windows.GUID{Data1: 0xeebecc03, Data2: 0xced4, Data3: 0x4380,
		Data4: [8]byte{0x81, 0x9a, 0x27, 0x34, 0x39, 0x7b, 0x2b, 0x74}})
	ruleID = wf.RuleID(windows.GUID{Data1: 0xabcd0003})
)

// wanted ends the program when a call that has to succeed does not.
func wanted(what string, err error) {
	if err != nil {
		fmt.Printf("%s: %v\n", what, err)
		os.Exit(1)
	}
}

// told prints what became of a call.
func told(what string, err error) {
	if err != nil {
		if code, ok := err.(windows.Errno); ok {
			fmt.Printf("%s: 0x%x\n", what, uint32(code))
			return
		}
		fmt.Printf("%s: %v\n", what, err)
		return
	}
	fmt.Printf("%s: done\n", what)
}

func listObjects(s *wf.Session) {
	layers, err := s.Layers()
	wanted("layers", err)
	fields, universal := 0, 0
	for _, l := range layers {
		fields += len(l.Fields)
		if l.DefaultSublayer == universalID {
			universal++
		}
	}
	fmt.Printf("%d layers, %d fields, %d with the universal sublayer\n", len(layers), fields, universal)
	providers, err := s.Providers()
	wanted("providers", err)
	sort.Slice(providers, func(i, j int) bool { return providers[i].ID.String() < providers[j].ID.String() })
	for _, p := range providers {
		fmt.Printf("provider %s, %q, service %q\n", p.ID, p.Name, p.ServiceName)
	}
	sublayers, err := s.Sublayers()
	wanted("sublayers", err)
	sort.Slice(sublayers, func(i, j int) bool { return sublayers[i].Weight < sublayers[j].Weight })
	for _, l := range sublayers {
		fmt.Printf("sublayer %d %s, %q\n", l.Weight, l.ID, l.Name)
	}
}

func listRules(s *wf.Session) {
	rules, err := s.Rules()
	wanted("rules", err)
	sort.Slice(rules, func(i, j int) bool { return rules[i].Name < rules[j].Name })
	for _, r := range rules { // not its KernelID: the module's FWPM_FILTER0 has 8 bytes too many before it
		fmt.Printf("rule %q, %s at %s\n", r.Name, r.Action, r.Layer)
		for _, c := range r.Conditions {
			fmt.Printf("    %s\n", c)
		}
	}
}

func changePolicy(s *wf.Session) {
	provider := &wf.Provider{ID: providerID, Name: "Test provider"}
	sublayer := &wf.Sublayer{ID: sublayerID, Name: "Test sublayer", Provider: providerID, Weight: 100}
	rule := &wf.Rule{ID: ruleID, Name: "Test rule", Layer: wf.LayerALEAuthConnectV4, Sublayer: sublayerID,
		Provider: providerID, Weight: 7, Action: wf.ActionBlock,
		Conditions: []*wf.Match{
			{Field: wf.FieldIPProtocol, Op: wf.MatchTypeEqual, Value: wf.IPProtoTCP},
			{Field: wf.FieldIPRemotePort, Op: wf.MatchTypeEqual, Value: uint16(443)},
			{Field: wf.FieldIPRemoteAddress, Op: wf.MatchTypeEqual, Value: netip.MustParsePrefix("203.0.113.0/24")},
		}}
	told("sublayer before its provider", s.AddSublayer(sublayer))
	told("provider", s.AddProvider(provider))
	told("provider again", s.AddProvider(provider))
	told("sublayer", s.AddSublayer(sublayer))
	told("rule", s.AddRule(rule))
	listRules(s)
	told("deleting the sublayer, which the rule uses", s.DeleteSublayer(sublayerID))
	told("deleting the provider, which both use", s.DeleteProvider(providerID))
	told("deleting the rule", s.DeleteRule(ruleID))
	told("deleting the rule again", s.DeleteRule(ruleID))
	told("deleting the sublayer", s.DeleteSublayer(sublayerID))
	told("deleting the provider", s.DeleteProvider(providerID))
	told("deleting a built-in sublayer", s.DeleteSublayer(universalID))
	listRules(s)
}

func main() {
	s, err := wf.New(&wf.Options{Name: "policy", Dynamic: true})
	wanted("open", err)
	listObjects(s)
	listRules(s)
	changePolicy(s)
	wanted("close", s.Close())
}
