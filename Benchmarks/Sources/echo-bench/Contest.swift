import BenchHarness
import Foundation

/// Servers that are measured beside each other: all of them run all the time, and every round loads one after another.
struct Contest {
  private let contenders: [Contender]
  private let options: Options

  init(_ contenders: [Contender], options: Options) {
    self.contenders = contenders
    self.options = options
  }

  var isEmpty: Bool { contenders.isEmpty }

  private var generator: String { options.directory + "/load" }
  private var rounds: Int { options.isQuick ? 1 : 9 }

  func run(isTLS: Bool) -> ContestResult {
    var servers: [String: Server] = [:]
    var remarks: [String: String] = [:]
    for contender in contenders {
      do throws(Failure) { servers[contender.name] = try Server(contender) } catch { remarks[contender.name] = error.reason }
    }
    var rows: [Row] = []
    var traffic: [ContestResult.Traffic] = []
    for scenario in Scenario.all {
      var results: [String: [EchoLoad]] = [:]
      for round in 0..<rounds {
        for place in contenders.indices {
          let name = contenders[(place + round) % contenders.count].name
          guard let server = servers[name], remarks[name] == nil else { continue }
          do throws(Failure) {
            let line = try server.load(generator, scenario.arguments(isQuick: options.isQuick))
            guard let load = EchoLoad(line: line) else { throw Failure("the load generator says '\(line)'") }
            results[name, default: []].append(load)
          } catch {
            remarks[name] = error.reason
          }
        }
      }
      rows.append(
        Row(
          name: scenario.name, octetsPerItem: 0,
          cells: contenders.map { contender in
            let remark = remarks[contender.name]
            let loads = remark == nil ? results[contender.name] ?? [] : []
            return Cell(server: contender.name, isOurs: contender.isOurs, rounds: loads, remark: remark)
          }))
      traffic.append(
        ContestResult.Traffic(
          scenario: scenario.name, servers: contenders.compactMap { EchoTraffic(server: $0.name, rounds: results[$0.name] ?? []) }))
    }
    for server in servers.values { server.stop() }
    let title = "CPU time of an echo server for a message of 32 octets, \(isTLS ? "TLS 1.3" : "TCP")"
    return ContestResult(
      cpu: Group(
        name: isTLS ? "echo-tls" : "echo", title: title, rows: rows,
        targets: Scenario.all.flatMap { $0.targets(isTLS: isTLS, floor: contenders.first { !$0.isOurs }?.name ?? "") }),
      traffic: traffic, memory: contenders.filter { remarks[$0.name] == nil }.flatMap { idle($0) })
  }

  /// Measured with fresh servers: in what the loads have left behind, the connections would find room for nothing.
  private func idle(_ contender: Contender) -> [ContestResult.Memory] {
    let counts = options.isQuick ? [100] : contender.isTLS ? [1000, options.idle] : [options.idle]
    var memory: [ContestResult.Memory] = []
    for count in counts {
      // Ten thousand buffers of asyncio's would take gigabytes.
      if let each = memory.last?.idle?.kibibytesPerConnection, each > 64 { break }
      var idle: EchoMemory?
      var remark: String?
      do throws(Failure) {
        let server = try Server(contender)
        defer { server.stop() }
        let line = try server.load(generator, ["--idle", "\(count)"])
        idle = EchoMemory(line: line)
        if idle == nil { throw Failure("the load generator says '\(line)'") }
      } catch {
        remark = error.reason
      }
      memory.append(
        ContestResult.Memory(server: contender.name, isOurs: contender.isOurs, connections: Double(count), idle: idle, remark: remark))
    }
    return memory
  }
}
