// Package portal is the door for people: HTML pages in each of the portal's
// languages, complete without JavaScript, and the static files that they use.
package portal
