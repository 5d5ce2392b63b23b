import Foundation

/// The folder of Package.swift.
package let projectFolder = URL(filePath: #filePath).appending(path: "../../..").standardizedFileURL
