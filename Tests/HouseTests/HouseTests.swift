import Foundation
import TestSupport
import Testing

/// docs/develop.md says who may import whom, Package.swift what is linked, the sources what is imported: all three agree, and
/// the house stays one in which a stranger finds the way.
@Suite("The house")
struct HouseTests {
    /// Targets of Package.swift with what they depend on.
    private let linked: [String: Set<String>]
    /// The same as the table in docs/develop.md allows it.
    private let allowed: [String: Set<String>]

    init() throws {
        let package = try String(contentsOf: projectFolder.appending(path: "Package.swift"), encoding: .utf8)
        var linked: [String: Set<String>] = [:]
        for line in package.matches(
            of: /\.(?:target|executableTarget|systemLibrary)\(\s*name: "(\w+)"([^.]*?dependencies: \[([^\]]*)\])?/)
        {
            let names = (line.3 ?? "").split(separator: ",").map { $0.trimmingCharacters(in: .whitespacesAndNewlines) }
            linked[String(line.1)] = Set(
                names.filter { !$0.isEmpty }.map { Self.products[$0] ?? $0.trimmingCharacters(in: ["\""]) })
        }
        self.linked = linked
        let page = try String(contentsOf: projectFolder.appending(path: "docs/develop.md"), encoding: .utf8)
        var allowed: [String: Set<String>] = [:]
        for row in page.matches(of: /(?m)^\| (\w+) \| [^|]+ \| ([\w, ]*) ?\|$/) {
            allowed[String(row.1)] = Set(
                row.2.split(separator: ",").map { $0.trimmingCharacters(in: .whitespaces) }.filter { !$0.isEmpty })
        }
        allowed["target"] = nil
        self.allowed = allowed
    }

    /// What Package.swift calls the products of other packages.
    private static let products = [
        "systemPackage": "SystemPackage", "argumentParser": "ArgumentParser", "logging": "Logging", "crypto": "Crypto",
        "yams": "Yams", "toml": "TOMLKit",
    ]

    /// Part of the system or of Swift: anybody may import these.
    private static let everywhere: Set = ["Dispatch", "Foundation", "Glibc", "Synchronization"]

    private var ours: Set<String> {
        Set(linked.keys).subtracting(["TestSupport", "DrivingSupport", "CAllocationCounter", "Fuzz"])
    }

    @Test func thePackageLinksWhatTheTableAllows() {
        #expect(Set(allowed.keys) == ours, "rows of the table, and targets of the package")
        for target in ours.sorted() {
            #expect(linked[target] == allowed[target], "\(target): Package.swift, and the table")
        }
    }

    @Test func theSourcesImportWhatTheTableAllows() throws {
        for target in ours.sorted() {
            var imported: Set<String> = []
            for file in try swiftFiles(in: target) {
                let modules = Set(try text(file).matches(of: /(?m)^(?:@\w+ )?import (\w+)/).map { String($0.1) })
                    .subtracting(Self.everywhere)
                let stray = modules.subtracting(allowed[target] ?? [])
                #expect(stray.isEmpty, "\(file) imports \(stray.sorted())")
                imported.formUnion(modules)
            }
            let unused = (allowed[target] ?? []).subtracting(imported).filter {
                !$0.hasPrefix("C") || ours.contains($0)
            }
            #expect(unused.isEmpty || target.hasPrefix("C"), "\(target) may import \(unused.sorted()) and does not")
        }
    }

    @Test func noTwoTargetsFormACircle() {
        /// What `target` reaches, itself left out.
        func reach(_ target: String, _ seen: inout Set<String>) {
            for next in allowed[target] ?? [] where seen.insert(next).inserted { reach(next, &seen) }
        }
        for target in ours {
            var seen: Set<String> = []
            reach(target, &seen)
            #expect(!seen.contains(target), "\(target) imports itself by way of others")
        }
    }

    @Test func noFolderIsAHeap() throws {
        for target in ours {
            let folders = Dictionary(grouping: try swiftFiles(in: target)) {
                $0.split(separator: "/").dropLast().joined(separator: "/")
            }
            for (folder, files) in folders { #expect(files.count <= 16, "\(folder) has \(files.count) files") }
        }
    }

    /// An extension of a type may have a file of its own, `Type+What.swift`.
    @Test func aTypeLivesInTheFileOfItsName() throws {
        let pattern =
            /(?m)^(?:@\w+(?:\([^)]*\))? )*(?:(?:package|public|final|indirect|nonisolated) )*(?:struct|class|enum|protocol|actor) (\w+)/
        for target in ours {
            for file in try swiftFiles(in: target) {
                let name = file.split(separator: "/").last!.dropLast(".swift".count)
                let types = try text(file).matches(of: pattern).map { String($0.1) }
                #expect(types.allSatisfy { $0 == name }, "\(file) has \(types)")
            }
        }
    }

    /// Nothing of it is for this package alone. Properties and cases may speak for themselves, and what a protocol asks for has
    /// its words there.
    @Test func whatTheLibrariesOfferSaysWhatItIs() throws {
        let package = try String(contentsOf: projectFolder.appending(path: "Package.swift"), encoding: .utf8)
        let list = try #require(package.firstMatch(of: /\+ \[([^\]]*)\]\.map \{\s*\.library/))
        let products = list.1.matches(of: /"(\w+)"/).map { String($0.1) }
        #expect(products.count == 6)
        let files = try products.flatMap(swiftFiles)
        let asked = try Set(
            files.map(text).filter { $0.contains("\npublic protocol ") }.flatMap { source in
                source.matches(of: /\/\/\/ .*\n +func (\w+)/).map { String($0.1) }
            })
        let declaration =
            /^ *(?:@\w+ )*public (?:(?:static|final|mutating|convenience|indirect) )*(?:func|struct|class|enum|protocol|subscript|typealias)\b/
        for file in files {
            let lines = try text(file).split(separator: "\n", omittingEmptySubsequences: false)
            for (index, line) in lines.enumerated() {
                #expect(!line.contains(/^ *(?:@\w+ )*package\b/), "\(file):\(index + 1) is for this package alone")
                let name = line.firstMatch(of: /func (\w+)/).map { String($0.1) }
                guard line.contains(declaration), name.map(asked.contains) != true else { continue }
                let above = lines[..<index].last { !$0.contains(/^ *@/) } ?? ""
                #expect(above.contains(/^ *\/\/\//), "\(file):\(index + 1) has no word about it")
            }
        }
    }

    /// The walk of one frame, `file: function` a line.
    @Test func theWalkOfAFrameIsTrue() throws {
        let page = try String(contentsOf: projectFolder.appending(path: "docs/develop.md"), encoding: .utf8)
        let steps = page.matches(of: /(?m)^([\w\/]+\.swift): (\w+)/)
        #expect(steps.count > 15)
        for step in steps {
            let isThere = try text(String(step.1)).contains("func \(step.2)(")
            #expect(isThere, "\(step.1) has no \(step.2)")
        }
    }

    /// What is for tests alone lies among them.
    private func place(of target: some StringProtocol) -> URL {
        let sources = projectFolder.appending(path: "Sources")
        return FileManager.default.fileExists(atPath: sources.appending(path: target).path)
            ? sources : projectFolder.appending(path: "Tests")
    }

    private func swiftFiles(in target: String) throws -> [String] {
        let folder = place(of: target).appending(path: target).path
        return try FileManager.default.subpathsOfDirectory(atPath: folder).filter { $0.hasSuffix(".swift") }.sorted()
            .map { "\(target)/\($0)" }
    }

    private func text(_ file: String) throws -> String {
        try String(contentsOf: place(of: file.prefix { $0 != "/" }).appending(path: file), encoding: .utf8)
    }
}
