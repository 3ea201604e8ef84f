/// One contender of one row.
public struct Cell: Sendable, Codable, Equatable {
  /// Its name.
  public var contender: String
  /// Whether it is one of ours.
  public var isOurs: Bool
  /// Nanoseconds for one item; absent if it was not measured.
  public var nanoseconds: Sample?
  /// Allocations for one item, where the group counts them.
  public var allocations: Double?
  /// Why it was not measured: absent, or its result differs.
  public var remark: String?

  /// Creates a cell.
  public init(contender: String, isOurs: Bool, nanoseconds: Sample? = nil, allocations: Double? = nil, remark: String? = nil) {
    self.contender = contender
    self.isOurs = isOurs
    self.nanoseconds = nanoseconds
    self.allocations = allocations
    self.remark = remark
  }
}

/// One input, and how long each contender took for it.
public struct Row: Sendable, Codable, Equatable {
  /// What the input is.
  public var name: String
  /// The octets of one item; 0 where a throughput makes no sense.
  public var octetsPerItem: Double
  /// The contenders; the first is ours, and the ratios are to it.
  public var cells: [Cell]

  /// Creates a row.
  public init(name: String, octetsPerItem: Double, cells: [Cell]) {
    self.name = name
    self.octetsPerItem = octetsPerItem
    self.cells = cells
  }

  /// The measured contender of that name.
  public func sample(of contender: String) -> Sample? { cells.first { $0.contender == contender }?.nanoseconds }

  /// The time of a cell over the time of the first: above 1 means that the first is faster.
  public func ratio(of cell: Cell) -> Double? {
    guard let first = cells.first, cell != first, let ours = first.nanoseconds, let theirs = cell.nanoseconds else { return nil }
    return theirs.ratio(to: ours)
  }
}

/// What one group came to.
public struct Group: Sendable, Codable, Equatable {
  /// The name that selects it.
  public var name: String
  /// What is measured, and what an item is.
  public var title: String
  /// The rows.
  public var rows: [Row]
  /// The targets, judged.
  public var verdicts: [Verdict]

  /// Creates a group.
  public init(name: String, title: String, rows: [Row], targets: [Target]) {
    self.name = name
    self.title = title
    self.rows = rows
    verdicts = targets.map { Verdict($0, rows: rows) }
  }
}
