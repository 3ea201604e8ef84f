import BenchHarness

private let sizes = [0, 7, 32, 125, 1 << 10, 64 << 10]
private let pushOctets = 64 << 10

/// One push of 64 KiB: as many text frames as fit.
private func contest(_ size: Int, _ contenders: (FrameInput) -> [Contender]) -> Contest {
  let frames = FrameInput(Script.ascii.text(octets: size), filling: pushOctets)
  return Contest(
    name: sizeName(size), workspace: Workspace(frames.wire, outputCapacity: frames.transcript.count + 64), items: frames.count,
    octetsPerItem: Double(size), expected: UInt64(frames.count), check: .transcript(frames.transcript), contenders: contenders(frames))
}

extension GroupPlan {
  static var textDecoding: GroupPlan {
    GroupPlan(
      "decode-text", "Masked text frames with the check of UTF-8, 64 KiB at a time; an item is one frame"
    ) { setting in
      sizes.map { size in
        contest(size) { frames in
          [.ours("Endpoint", transcribe: endpointTranscript, endpointKernel)]
            + setting.peers["decode text"] + setting.peers["decode"].filter(\.isYardstick)
            + setting.peers.python("Python websockets", task: "websockets-decode", on: frames.wire)
            + setting.peers.python("Python wsproto", task: "wsproto-decode", on: frames.wire)
        }
      }
    }
  }

  private static func encodingContests(_ setting: Setting, masked: Bool) -> [Contest] {
    [32, 1 << 10, 64 << 10].map { size in
      var generator = Generator(seed: 7)
      let payload = generator.octets(size)
      let workspace = Workspace(payload, outputCapacity: size + 64)
      let key = masked ? workspace.key : []
      let wire = FrameInput.header(0x82, count: size, key: key) + payload.enumerated().map { masked ? $1 ^ key[$0 % 4] : $1 }
      return Contest(
        name: sizeName(size), workspace: workspace, octetsPerItem: Double(size), expected: UInt64(wire.count), check: .transcript(wire),
        contenders: masked
          ? [.ours("FrameHeader", transcribe: encodeMaskedTranscript, encodeMaskedKernel)] + setting.peers["encode masked"]
          : [.ours("FrameHeader", transcribe: encodeTranscript, encodeKernel)] + setting.peers["encode"])
    }
  }

  static var encoding: GroupPlan {
    GroupPlan("encode", "Encoding an unmasked binary frame; an item is one frame") {
      encodingContests($0, masked: false)
    }
  }

  static var maskedEncoding: GroupPlan {
    GroupPlan("encode-masked", "Encoding a masked binary frame; an item is one frame") {
      encodingContests($0, masked: true)
    }
  }
}
