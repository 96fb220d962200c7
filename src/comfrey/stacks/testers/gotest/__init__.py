"""The standard library's `go test`."""
