import BenchHarness

extension GroupPlan {
  static var deflate: GroupPlan {
    GroupPlan(
      "deflate", "permessage-deflate from client to server, with context takeover, level 6; an item is one message"
    ) { setting in
      [125, 1 << 10, 16 << 10].map { size in
        // Words from a small set, so that there is something to compress.
        var generator = Generator(seed: 8)
        let words = (0..<200).map { _ in generator.word(2...9, from: "abcdefghijklmnopqrstuvwxyz") }
        var text: [UInt8] = []
        while text.count < size { text += Array(((words.randomElement(using: &generator) ?? "") + " ").utf8) }
        text.removeLast(text.count - size)
        return Contest(
          name: sizeName(size), workspace: Workspace(text, outputCapacity: size + 64), octetsPerItem: Double(size), expected: UInt64(size),
          check: .output(text),
          contenders: [.ours("Endpoint and Deflate", deflateKernel)] + setting.peers["deflate"]
            + setting.peers.python("Python websockets", task: "websockets-deflate", on: text))
      }
    }
  }
}
