import FuzzModels
import WSProtocol

@testable import FuzzProperties

private let hello: [UInt8] = [0x81, 0x85, 0x37, 0xFA, 0x21, 0x3D, 0x7F, 0x9F, 0x4D, 0x51, 0x58]
private let closeAndPing: [UInt8] = [0x88, 0x80, 1, 2, 3, 4, 0x89, 0x80, 1, 2, 3, 4]

let frameMutants: [Mutant] = [
  Mutant("T01", .model, "takes a client's frames for a server's") { () throws(OracleFailure) in
    try FrameProperty.check(hello + [0, 0, 0]) { pieces, setting in
      FrameProperty.scanner(pieces, FrameProperty.Setting(fromClient: !setting.fromClient))
    }
  },
  Mutant("T01", .splitInvariance, "begins anew with each piece") { () throws(OracleFailure) in
    try FrameProperty.check(hello + [0, 0, 0]) { pieces, setting in FrameProperty.scanner(pieces.suffix(1), setting) }
  },
  Mutant("T01", .progress, "stands still") { () throws(OracleFailure) in
    try FrameProperty.check(hello + [0, 0, 0]) { pieces, setting in
      changed(FrameProperty.scanner(pieces, setting)) { $0.breach = .init(.progress, "nothing was taken") }
    }
  },
  Mutant("T01", .model, "a decoder that knows no limits") { () throws(OracleFailure) in
    try FrameProperty.check(
      [0x82, 0xFE, 0x01, 0x00, 0, 0, 0, 0] + [0, 0, 4],
      decoder: { pieces, role, _ in
        FrameProperty.decoder(pieces, role: role, limits: WSLimits())
      })
  },
  Mutant("T01", .agreement, "a decoder that names another octet than the endpoint") { () throws(OracleFailure) in
    try FrameProperty.check(
      [0x81, 0x81, 0, 0, 0, 0, 0xC3] + [0, 0, 0],
      decoder: { pieces, role, limits in
        changed(FrameProperty.decoder(pieces, role: role, limits: limits)) { $0.events = [.failed(closeCode: 1007, offset: 3)] }
      })
  },
  Mutant("T02", .model, "knows no limits") { () throws(OracleFailure) in
    let fragments: [UInt8] =
      [0x02, 0x80, 0, 0, 0, 0] + [UInt8]([[0x00, 0x80, 0, 0, 0, 0], [0x00, 0x80, 0, 0, 0, 0], [0x00, 0x80, 0, 0, 0, 0]].joined())
    try MessageProperty.check(fragments + [0, 0, 2, 0]) { pieces, setting in
      MessageProperty.endpoint(pieces, MessageProperty.Setting(role: setting.role))
    }
  },
  Mutant("T02", .model, "does not answer a Ping") { () throws(OracleFailure) in
    try MessageProperty.check([0x89, 0x80, 1, 2, 3, 4, 0, 0, 0, 0]) { pieces, setting in
      changed(MessageProperty.endpoint(pieces, setting)) { $0.events[$0.events.count - 1] = .output([]) }
    }
  },
  Mutant("T02", .model, "closes with another code") { () throws(OracleFailure) in
    try MessageProperty.check([0x83, 0, 0, 0, 0]) { pieces, setting in
      changed(MessageProperty.endpoint(pieces, setting)) { $0.events[0] = .failed(closeCode: 1007, offset: 0) }
    }
  },
  Mutant("T02", .wireForm, "answers with a masked frame as a server") { () throws(OracleFailure) in
    try MessageProperty.check([0x89, 0x80, 1, 2, 3, 4, 0, 0, 0, 0]) { pieces, setting in
      changed(MessageProperty.endpoint(pieces, setting)) { $0.events[$0.events.count - 1] = .output([0x8A, 0x80, 1, 2, 3, 4]) }
    }
  },
  Mutant("T02", .silenceAfterEnd, "speaks after its Close frame") { () throws(OracleFailure) in
    try MessageProperty.check(closeAndPing + [0, 0, 0, 2]) { pieces, setting in
      changed(MessageProperty.endpoint(pieces, setting)) { trace in
        if case .output(let octets)? = trace.events.last { trace.events[trace.events.count - 1] = .output(octets + [0x81, 0x00]) }
      }
    }
  },
  Mutant("T02", .boundedMemory, "holds more than it was given") { () throws(OracleFailure) in
    try MessageProperty.check(hello + [0, 0, 0, 0]) { pieces, setting in
      changed(MessageProperty.endpoint(pieces, setting)) { $0.breach = .init(.boundedMemory, "octets are held") }
    }
  },
  Mutant("T03", .wireForm, "writes lengths in too many octets") { () throws(OracleFailure) in
    try EncodingProperty.check([1, 2, 0x61, 0, 0, 0]) { _, _, _ in [0x82, 0x7E, 0x00, 0x02, 0x61, 0x61] }
  },
  Mutant("T03", .wireForm, "does not apply the mask") { () throws(OracleFailure) in
    try EncodingProperty.check([1, 2, 0x61, 1, 0, 1]) { _, _, _ in [0x82, 0x82, 1, 2, 3, 4, 0x61, 0x61] }
  },
  Mutant("T03", .roundTrip, "drops what is sent last") { () throws(OracleFailure) in
    try EncodingProperty.check([1, 2, 0x61, 1, 2, 0x61, 0, 0, 0]) { operations, isClient, key in
      EncodingProperty.writer(operations.dropLast(), isClient, key)
    }
  },
  Mutant("T04", .splitInvariance, "begins anew with each piece") { () throws(OracleFailure) in
    try TextEncodingProperty.check(Array("é".utf8) + [0, 0]) { pieces in TextEncodingProperty.validator(pieces.suffix(1)) }
  },
  Mutant("T04", .model, "accepts everything") { () throws(OracleFailure) in
    try TextEncodingProperty.check([0xC0, 0x80, 0, 0]) { _ in changed(Trace()) { $0.events = [.complete] } }
  },
  Mutant("T05", .model, "forgets the offset") { () throws(OracleFailure) in
    try MaskingProperty.check([1, 2, 3, 4, 5, 1, 4, 3, 2, 1], array: { Masking.apply($0, to: &$1, from: $2 - $2) })
  },
  Mutant("T05", .model, "the span's kernel does nothing") { () throws(OracleFailure) in
    try MaskingProperty.check([1, 2, 3, 4, 5, 0, 4, 3, 2, 1], span: { _, _, _ in })
  },
]
