import Conformance
import WSProtocol
import WireBytes

/// The record of a case: when, which way, what, and the octets.
enum WireLogTable {
  /// What is shown of a record; the canonical report has all that was kept.
  private struct Bounds {
    let payloadOctets: Int
    let firstEntries: Int
    let lastEntries: Int

    static let calm = Bounds(payloadOctets: 32, firstEntries: 16, lastEntries: 8)
    static let problem = Bounds(payloadOctets: LoggedOctets.maximumKept, firstEntries: 120, lastEntries: 40)
  }

  /// The record, folded and shortened where nothing is wrong.
  static func details(_ entries: [WireLogEntry], isCalm: Bool) -> Markup? {
    guard !entries.isEmpty else { return nil }
    let bounds = isCalm ? Bounds.calm : .problem
    return """
      <details\(isCalm ? "" : " open")><summary>Wire log, \(counted(entries.count, "entry", "entries"))</summary>
      <table class=wire><caption class=vh>Wire log<thead><tr><th class=n>ms<th>Direction<th>What<tbody>\
      \(rows(entries, bounds))</table></details>
      """
  }

  private static func rows(_ entries: [WireLogEntry], _ bounds: Bounds) -> [Markup] {
    let hidden = entries.count - bounds.firstEntries - bounds.lastEntries
    guard hidden > 1 else { return entries.map { row($0, limit: bounds.payloadOctets) } }
    return entries.prefix(bounds.firstEntries).map { row($0, limit: bounds.payloadOctets) }
      + ["<tr class=c><td><td><td>… \(hidden) more entries, in the JSON report"]
      + entries.suffix(bounds.lastEntries).map { row($0, limit: bounds.payloadOctets) }
  }

  private static func row(_ entry: WireLogEntry, limit: Int) -> Markup {
    let at = entry.at.millisecondsText
    switch entry.content {
    case .octets(let direction, let octets):
      return "<tr class=\(tag(direction))><td>\(at)<td>\(arrow(direction))<td>\(octetCount(octets.total))\(handshake(octets, limit: limit))"
    case .frame(let direction, let header, let payload, let violation):
      let mark = violation.map { "<p class=bad><b>violation</b> \($0)</p>" as Markup }
      let frame: Markup = "<b>\("\(header.opcode)")</b> \(words(header, payload))"
      return "<tr class=\(tag(direction))><td>\(at)<td>\(arrow(direction))<td>\(frame)\(mark)\(dump(payload, limit: limit, header: header))"
    case .connection(let text): return "<tr class=c><td>\(at)<td><td>\(text)"
    case .timer(let text): return "<tr class=c><td>\(at)<td><td>\(text)"
    case .omitted(let entries): return "<tr class=c><td>\(at)<td><td>… \(entries) more entries left out"
    }
  }

  private static func tag(_ direction: Direction) -> Markup {
    switch direction {
    case .sent: "s"
    case .received: "r"
    }
  }

  private static func arrow(_ direction: Direction) -> Markup {
    switch direction {
    case .sent: "→ sent"
    case .received: "← received"
    }
  }

  private static func octetCount(_ count: UInt64) -> String { count == 1 ? "1 octet" : "\(count) octets" }

  private static func words(_ header: FrameHeader, _ payload: LoggedOctets) -> String {
    var words = [header.isFinal ? "FIN" : "FIN clear"]
    if !header.reservedBits.isEmpty { words.append("\(header.reservedBits)") }
    words += [header.maskingKey == nil ? "unmasked" : "masked", octetCount(header.payloadLength)]
    if !header.usesMinimalLength { words.append("length in \(header.lengthForm.extraOctets) octets") }
    if header.opcode == .close, payload.kept.count >= 2 {
      words.append("code \(UInt16(payload.kept[0]) << 8 | UInt16(payload.kept[1]))")
      if payload.kept.count > 2 { words.append("“\(EscapedText.utf8(payload.kept[2...]))”") }
    }
    return words.joined(separator: " · ")
  }

  /// The octets of an opening handshake as text, or as a hexdump if they are none.
  private static func handshake(_ octets: LoggedOctets, limit: Int) -> Markup {
    guard isMostlyText(octets.kept) else { return dump(octets, limit: limit, header: nil) }
    return "<pre class=t>\(textLines(octets.kept).map { "\($0)\n" as Markup })\(cut(octets, shown: octets.kept.count))</pre>"
  }

  /// The header of a frame with its parts told apart, then a hexdump of the payload.
  private static func dump(_ octets: LoggedOctets, limit: Int, header: FrameHeader?) -> Markup {
    let shown = octets.kept.prefix(limit)
    return "<pre>\(header.map(headerLine))\(hexLines(shown).map { "\($0)\n" as Markup })\(cut(octets, shown: shown.count))</pre>"
  }

  /// What is not shown, counted.
  private static func cut(_ octets: LoggedOctets, shown: Int) -> Markup? {
    let hidden = octets.total - min(octets.total, UInt64(shown))
    return hidden == 0 ? nil : "<i class=cut>… \(hidden) more octets</i>"
  }

  /// The octets of a header in the columns of a hexdump: flags and opcode, length, masking key.
  private static func headerLine(_ header: FrameHeader) -> Markup {
    var octets: [UInt8] = []
    header.encode(into: &octets)
    let hex = octets.map { EscapedText.hexadecimal($0).lowercased() }
    let keyStart = 2 + header.lengthForm.extraOctets
    let length = hex[1..<keyStart].joined(separator: " ")
    let key: Markup? = header.maskingKey == nil ? nil : " <u>\(hex[keyStart...].joined(separator: " "))</u>"
    return "head  <i>\(hex[0])</i> <b>\(length)</b>\(key)\n"
  }

  private static func isMostlyText(_ octets: [UInt8]) -> Bool {
    let unprintable = octets.count { !(0x20...0x7E).contains($0) && $0 != 0x0D && $0 != 0x0A && $0 != 0x09 }
    return unprintable * 10 < octets.count
  }

  /// The lines of a head; the CR LF at their ends is left out, any other line end is shown.
  private static func textLines(_ octets: [UInt8]) -> [String] {
    octets.split(separator: 0x0A, omittingEmptySubsequences: false).compactMap { line in
      let isLast = line.endIndex == octets.endIndex
      if isLast { return line.isEmpty ? nil : EscapedText.utf8(line) }
      if line.last != 0x0D { return EscapedText.utf8(line) + "\\n" }
      return line.count == 1 ? "\\r\\n" : EscapedText.utf8(line.dropLast())
    }
  }

  /// A hexdump in which a star stands for rows that repeat the one before; what is kept of an entry needs four digits of offset.
  private static func hexLines(_ octets: some Collection<UInt8>) -> [String] {
    let lines = HexDump.lines(octets).map { $0.dropFirst(2) }
    if let only = lines.first, lines.count == 1 {
      let hex = only.dropLast(octets.count)
      return [hex[...(hex.lastIndex { $0 != " " } ?? hex.startIndex)] + "  " + only.suffix(octets.count)]
    }
    var result: [String] = []
    for (index, line) in lines.enumerated() {
      let repeats = index > 0 && index < lines.count - 1 && line.dropFirst(4) == lines[index - 1].dropFirst(4)
      if !repeats {
        result.append(String(line))
      } else if result.last != "*" {
        result.append("*")
      }
    }
    return result
  }
}
