import BenchHarness

/// A group of the report: what is measured, and what it is meant to reach.
struct GroupPlan {
  let name: String
  let title: String
  let targets: [Target]
  let rows: (Setting) -> [Row]

  /// A group whose rows are contests.
  init(_ name: String, _ title: String, targets: [Target] = [], contests: @escaping (Setting) -> [Contest]) {
    self.init(name, title, targets: targets, rows: { setting in contests(setting).map { $0.measure(setting.effort) } })
  }

  init(_ name: String, _ title: String, targets: [Target] = [], rows: @escaping (Setting) -> [Row]) {
    self.name = name
    self.title = title
    self.targets = targets
    self.rows = rows
  }

  func run(_ setting: Setting) -> Group { Group(name: name, title: title, rows: rows(setting), targets: targets) }

  static var all: [GroupPlan] {
    [
      unmasking, utf8, utf8Pieces, decoding, textDecoding, encoding, maskedEncoding, requests, responses, chunked, deflate, allocations,
      growth,
    ]
  }
}

/// What the groups need to know.
struct Setting {
  let peers: PeerLibraries
  let effort: Effort
}

/// A size as in "125 B", "1 KiB" or "16 MiB".
func sizeName(_ octets: Int) -> String {
  if octets >= 1 << 20, octets % (1 << 20) == 0 { return "\(octets >> 20) MiB" }
  if octets >= 1 << 10, octets % (1 << 10) == 0 { return "\(octets >> 10) KiB" }
  return "\(octets) B"
}
