import HTTPParse
import Testing

@Suite("URL references")
struct WireURLResolvingTests {
  @Test(
    "are resolved as RFC 3986 §5.4 shows",
    arguments: [
      ("g", "http://a/b/c/g"), ("./g", "http://a/b/c/g"), ("g/", "http://a/b/c/g/"), ("/g", "http://a/g"), ("//g", "http://g"),
      ("?y", "http://a/b/c/d;p?y"), ("g?y", "http://a/b/c/g?y"), ("#s", "http://a/b/c/d;p?q#s"), ("g#s", "http://a/b/c/g#s"),
      ("g?y#s", "http://a/b/c/g?y#s"), (";x", "http://a/b/c/;x"), ("g;x", "http://a/b/c/g;x"), ("g;x?y#s", "http://a/b/c/g;x?y#s"),
      ("", "http://a/b/c/d;p?q"), (".", "http://a/b/c/"), ("./", "http://a/b/c/"), ("..", "http://a/b/"), ("../", "http://a/b/"),
      ("../g", "http://a/b/g"), ("../..", "http://a/"), ("../../", "http://a/"), ("../../g", "http://a/g"),
      ("../../../g", "http://a/g"), ("../../../../g", "http://a/g"), ("/./g", "http://a/g"), ("/../g", "http://a/g"),
      ("g.", "http://a/b/c/g."), (".g", "http://a/b/c/.g"), ("g..", "http://a/b/c/g.."), ("..g", "http://a/b/c/..g"),
      ("./../g", "http://a/b/g"), ("./g/.", "http://a/b/c/g/"), ("g/./h", "http://a/b/c/g/h"), ("g/../h", "http://a/b/c/h"),
      ("g;x=1/./y", "http://a/b/c/g;x=1/y"), ("g;x=1/../y", "http://a/b/c/y"), ("g?y/./x", "http://a/b/c/g?y/./x"),
      ("g?y/../x", "http://a/b/c/g?y/../x"), ("g#s/./x", "http://a/b/c/g#s/./x"), ("g#s/../x", "http://a/b/c/g#s/../x"),
    ])
  func examples(reference: String, expected: String) throws {
    #expect(try WireURL("http://a/b/c/d;p?q").resolving(reference).text == expected)
  }

  @Test(
    "keep or replace what a redirect may name",
    arguments: [
      ("http://h", "x", "http://h/x"), ("http://h:81/a", "/b", "http://h:81/b"), ("http://u@h/a", "b", "http://u@h/b"),
      ("http://u@h/a", "//i/b", "http://i/b"), ("http://h/a#f", "b", "http://h/b"), ("http://h/a", "https://i/../b", "https://i/b"),
      ("http://h/a//b", "../c", "http://h/a/c"), ("http://h/a?q", "", "http://h/a?q"), ("http://h/a/b", "?", "http://h/a/b?"),
      ("http://h/a/b", "c:", nil), ("http://h/a/b", "./c:d", "http://h/a/c:d"), ("http://h/x", "/a//../b", "http://h/a/b"),
    ] as [(String, String, String?)])
  func redirects(base: String, reference: String, expected: String?) throws {
    guard let expected else {
      #expect(throws: WireURLError.self) { try WireURL(base).resolving(reference) }
      return
    }
    #expect(try WireURL(base).resolving(reference).text == expected)
  }

  @Test(
    "that are malformed, or name no authority, are refused at their first bad octet",
    arguments: [
      ("g:h", 2), ("http:g", 5), ("a b", 1), ("/a\r\nX: y", 2), ("?a#b#c", 4), ("//h:0/", 4), ("//", 2), (":a", 0), ("%4", 2), ("\\\\h", 0),
    ])
  func faults(reference: String, offset: Int) throws {
    let base = try WireURL("http://a/b/c/d;p?q")
    #expect {
      try base.resolving(reference)
    } throws: { error in
      (error as? WireURLError)?.offset == offset
    }
  }
}
