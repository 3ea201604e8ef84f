import BenchHarness
import CBench

extension GroupPlan {
  /// How time grows with size: whoever sends twice as much may cost twice as much, not four times.
  static var growth: GroupPlan {
    GroupPlan(
      "growth", "One large input, a half of it and a sixteenth; an item is the whole input, and ratios are to the sixteenth",
      targets: subjects.map { Target($0.rowName, .timesContender(64, parts[0].name), contender: parts[2].name) }
    ) { setting in
      subjects.map { subject in
        Row(name: subject.rowName, octetsPerItem: 0, cells: parts.flatMap { part in subject.cells(part.name, part.divisor, setting) })
      }
    }
  }

  /// Linear is 16 times the first, a square 256 times; caches and fresh pages make large inputs two or three times dearer, too.
  private static let parts = [(name: "a sixteenth", divisor: 16), (name: "a half", divisor: 2), (name: "the whole", divisor: 1)]

  private struct Subject {
    let name: String
    let unit: String
    /// The larger size.
    let size: Int
    let kernel: bench_kernel
    /// Makes an input of that size and says what the kernel returns for it.
    let make: (Int) -> (octets: [UInt8], result: Int)

    var rowName: String { "\(name), \(unit == "B" ? sizeName(size) : "\(size) \(unit)")" }

    func cells(_ part: String, _ divisor: Int, _ setting: Setting) -> [Cell] {
      let input = make(size / divisor)
      return Contest(
        name: rowName, workspace: Workspace(input.octets), expected: UInt64(input.result), contenders: [.ours(part, kernel)]
      ).measure(setting.effort).cells
    }
  }

  private static var subjects: [Subject] {
    [
      Subject(name: "masking", unit: "B", size: 16 << 20, kernel: unmaskKernel) {
        (Array(repeating: 0x61, count: $0), $0)
      },
      Subject(name: "UTF-8", unit: "B", size: 16 << 20, kernel: validateKernel) { (Script.mixed.text(octets: $0), 1) },
      Subject(name: "one frame", unit: "B", size: 16 << 20, kernel: endpointKernel) {
        (FrameInput(Array(repeating: 0x61, count: $0), count: 1).wire, 1)
      },
      Subject(name: "frames", unit: "frames of 7 B", size: 1_000_000, kernel: endpointKernel) {
        (FrameInput(Array(repeating: 0x61, count: 7), count: $0).wire, $0)
      },
      Subject(name: "a message", unit: "fragments of 16 B", size: 131_072, kernel: fragmentsKernel) {
        (FrameInput.fragments(of: 16, count: $0), $0 * 16)
      },
      Subject(name: "chunked", unit: "chunks of 4 B", size: 1_000_000, kernel: chunkedKernel) {
        (ChunkedBody(octets: $0 * 4, chunk: 4).wire, $0 * 4)
      },
      Subject(name: "content", unit: "B", size: 16 << 20, kernel: contentKernel) {
        (Array("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: \($0)\r\n\r\n".utf8) + Array(repeating: 0x61, count: $0), $0)
      },
      Subject(name: "a head", unit: "field lines", size: 1_000_000, kernel: manyFieldLinesKernel) {
        (
          Array("GET / HTTP/1.1\r\nHost: a\r\n".utf8) + Array(repeatElement(Array("a: b\r\n".utf8), count: $0 - 1).joined()) + [
            0x0D, 0x0A,
          ], $0
        )
      },
    ]
  }
}
