// Package web owns what a browser is sent besides data: the page templates, the
// words of each language, the style sheets, and the bundles that npm builds
// from src into dist. It embeds them and gives them as values; package
// server/portal renders and serves them.
package web
