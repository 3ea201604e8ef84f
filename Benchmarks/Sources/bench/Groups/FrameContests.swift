import BenchHarness

private let sizes = [0, 7, 32, 125, 1 << 10, 64 << 10]
private let pushOctets = 64 << 10

/// One push of 64 KiB: as many text frames as fit.
private func contest(_ size: Int, _ contenders: (FrameInput) -> [Contender]) -> Contest {
  let frames = FrameInput(Script.ascii.text(octets: size), filling: pushOctets)
  return Contest(
    name: sizeName(size), workspace: Workspace(frames.wire, outputCapacity: frames.transcript.count + 64), items: frames.count,
    octetsPerItem: Double(size), expected: UInt64(frames.count), check: .output(frames.transcript), contenders: contenders(frames))
}

extension GroupPlan {
  static var decoding: GroupPlan {
    GroupPlan(
      "decode", "Masked frames, 64 KiB at a time, without the check of UTF-8; an item is one frame, its copy included",
      targets: [
        Target("32 B", .nanoseconds(6)), Target("32 B", .times(5, peer: "wslay frame API")),
        Target("1 KiB", .times(20, peer: "wslay frame API")), Target("64 KiB", .times(20, peer: "wslay frame API")),
        Target("7 B", .timesRow(1.2, "32 B")),
      ]
    ) { setting in
      sizes.map { size in
        contest(size) { _ in
          [.ours("FrameDecoder", transcribe: decoderTranscript, decoderKernel)] + setting.peers["decode"]
        }
      }
    }
  }

  static var textDecoding: GroupPlan {
    GroupPlan(
      "decode-text", "Masked frames of text, 64 KiB at a time, with the check of UTF-8; an item is one frame, its copy included",
      targets: [
        Target("32 B", .nanoseconds(9)), Target("32 B", .times(15, peer: "wslay event API")),
        Target("32 B", .times(15, peer: "websocketpp")),
      ]
    ) { setting in
      sizes.map { size in
        contest(size) { frames in
          [
            .ours("FrameDecoder", transcribe: checkingDecoderTranscript, checkingDecoderKernel),
            .ours("Endpoint", transcribe: endpointTranscript, endpointKernel),
          ] + setting.peers["decode text"] + setting.peers["decode"].filter(\.isYardstick)
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
      let frames = max(1, pushOctets / size)
      let workspace = Workspace(payload, ends: Array(repeating: size, count: frames), outputCapacity: frames * (size + 14))
      let key = masked ? workspace.key : []
      let frame = FrameInput.header(0x82, count: size, key: key) + payload.enumerated().map { masked ? $1 ^ key[$0 % 4] : $1 }
      let wire = Array(repeatElement(frame, count: frames).joined())
      return Contest(
        name: sizeName(size), workspace: workspace, items: frames, octetsPerItem: Double(size), expected: UInt64(wire.count),
        check: .output(wire),
        contenders: masked
          ? [
            .ours("FrameHeader, buffer", transcribe: writeMaskedTranscript, writeMaskedKernel),
            .ours("FrameHeader, array", transcribe: encodeMaskedTranscript, encodeMaskedKernel),
          ] + setting.peers["encode masked"]
          : [
            .ours("FrameHeader, buffer", transcribe: writeTranscript, writeKernel),
            .ours("FrameHeader, array", transcribe: encodeTranscript, encodeKernel),
          ] + setting.peers["encode"])
    }
  }

  static var encoding: GroupPlan {
    GroupPlan("encode", "Encoding unmasked binary frames, 64 KiB at a time; an item is one frame") {
      encodingContests($0, masked: false)
    }
  }

  static var maskedEncoding: GroupPlan {
    GroupPlan("encode-masked", "Encoding masked binary frames, 64 KiB at a time; an item is one frame") {
      encodingContests($0, masked: true)
    }
  }
}
