"""The commands, by what they are for: build (load, status), serve (publish, verify), ask (match, gaps), show (view, report, demo)."""
