import CSDL2

/// The libraries that windows and texts are made with.
public enum WindowLibraries {
    /// Names and versions, for people.
    public static var versions: [String] {
        var version = SDL_version()
        SDL_GetVersion(&version)
        let texts = TTF_Linked_Version().pointee
        return [("SDL", version), ("SDL_ttf", texts)].map { "\($0) \($1.major).\($1.minor).\($1.patch)" }
    }
}
