import BenchHarness
import CBench

extension GroupPlan {
  /// How time grows with size: whoever sends twice as much may cost twice as much, not four times.
  static var growth: GroupPlan {
    GroupPlan(
      "growth", "One large input and one half as large; an item is the whole input", targets: subjects.map(target), rows: growthRows)
  }

  private struct Subject {
    let name: String
    let unit: String
    /// The larger size.
    let size: Int
    let kernel: bench_kernel
    /// Makes an input of that size and says what the kernel returns for it.
    let make: (Int) -> (octets: [UInt8], result: Int)

    func rowName(_ size: Int, isHalf: Bool) -> String {
      "\(name), \(isHalf ? "half of " : "")\(unit == "B" ? sizeName(size) : "\(size) \(unit)")"
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

  private static func target(_ subject: Subject) -> Target {
    Target(subject.rowName(subject.size, isHalf: false), .timesRow(2.5, subject.rowName(subject.size, isHalf: true)))
  }

  private static func growthRows(_ setting: Setting) -> [Row] {
    subjects.flatMap { subject in
      [true, false].map { isHalf in
        let input = subject.make(subject.size / (isHalf ? 2 : 1))
        return Contest(
          name: subject.rowName(subject.size, isHalf: isHalf), workspace: Workspace(input.octets),
          octetsPerItem: Double(input.octets.count),
          expected: UInt64(input.result), contenders: [.ours("time", subject.kernel)]
        ).measure(setting.effort)
      }
    }
  }
}
