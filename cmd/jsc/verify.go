package main

import "github.com/spf13/cobra"

func newVerify(t *terminal) *cobra.Command { return &cobra.Command{Use: "verify"} }
