using System.Collections.Frozen;
using System.IO.Compression;
using System.Reflection;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Net.Http.Headers;
using UserManagement.Ui.Parts;

namespace UserManagement.Ui;

/// <summary>
/// The style sheets, modules and pictures that pages share. They are embedded in this assembly (the sheet of icons is made) and
/// served under one address that holds the hash over all of them, so browsers may keep them for ever and modules find one another
/// by relative imports within the same version.
/// </summary>
public static class UiAssets
{
    private const string Root = "/ui/";
    private const string IconSheet = "icons.svg";

    private static readonly FrozenDictionary<string, Asset> Files = Load();

    /// <summary>First 16 hex digits of the SHA-256 over every asset's name and content.</summary>
    public static string Version { get; } = Fingerprint();

    private static readonly FrozenDictionary<IconName, string> Icons = Enum.GetValues<IconName>()
        .ToFrozenDictionary(name => name, name => $"{Url(IconSheet)}#{IconShapes.Id(name)}");

    /// <summary>Names of all assets, such as <c>ui.css</c>, in ordinal order.</summary>
    public static IReadOnlyList<string> Names { get; } = [.. Files.Keys.Order(StringComparer.Ordinal)];

    /// <summary>The address of one asset, from the root of the site. Throws for a name that does not exist.</summary>
    /// <param name="name">The file's name below <c>Assets/</c>, for instance <c>ui.css</c>.</param>
    public static string Url(string name) =>
        Files.ContainsKey(name)
            ? $"{Root}{Version}/{name}"
            : throw new ArgumentException($"There is no asset named '{name}'.", nameof(name));

    /// <summary>The address of one icon within the sheet of all.</summary>
    public static string Icon(IconName name) => Icons[name];

    /// <summary>
    /// Serves the assets under <c>/ui/{version}/{name}</c>, and the glyph as <c>/favicon.ico</c> for pages that name no icon.
    /// A version that is not this one (an older instance rendered the page during a roll-out) gets today's file, uncached.
    /// </summary>
    public static IEndpointConventionBuilder MapUiAssets(this IEndpointRouteBuilder endpoints)
    {
        endpoints
            .MapMethods("/favicon.ico", ["GET", "HEAD"], http => Results.Redirect(Url("favicon.svg")).ExecuteAsync(http))
            .ExcludeFromDescription();
        return endpoints
            .MapMethods(Root + "{version}/{**name}", ["GET", "HEAD"], http => Answer(http).ExecuteAsync(http))
            .ExcludeFromDescription();
    }

    private static IResult Answer(HttpContext http)
    {
        if (http.GetRouteValue("name") is not string name || !Files.TryGetValue(name, out var asset))
        {
            return Results.NotFound();
        }

        var response = http.Response;
        response.Headers.CacheControl =
            (string?)http.GetRouteValue("version") == Version ? "public, max-age=31536000, immutable" : "no-cache";
        response.Headers.Vary = HeaderNames.AcceptEncoding;
        var brotli = http
            .Request.GetTypedHeaders()
            .AcceptEncoding.Any(e => e.Value.Equals("br", StringComparison.OrdinalIgnoreCase) && e.Quality is not 0);
        if (brotli)
        {
            response.Headers.ContentEncoding = "br";
        }

        return Results.Bytes(
            brotli ? asset.Brotli.Value : asset.Plain,
            asset.ContentType,
            entityTag: new EntityTagHeaderValue($"\"{asset.Hash}{(brotli ? "-br" : "")}\"")
        );
    }

    private static FrozenDictionary<string, Asset> Load()
    {
        var assembly = Assembly.GetExecutingAssembly();
        const string prefix = "Assets/";
        return assembly
            .GetManifestResourceNames()
            .Where(name => name.StartsWith(prefix, StringComparison.Ordinal))
            .Select(name => (Name: name[prefix.Length..], Bytes: Read(assembly, name)))
            .Append((Name: IconSheet, Bytes: Encoding.UTF8.GetBytes(IconShapes.Sheet())))
            .ToFrozenDictionary(a => a.Name, a => Made(a.Name, a.Bytes), StringComparer.Ordinal);
    }

    private static byte[] Read(Assembly assembly, string resource)
    {
        using var stream = assembly.GetManifestResourceStream(resource)!;
        using var plain = new MemoryStream();
        stream.CopyTo(plain);
        return plain.ToArray();
    }

    private static Asset Made(string name, byte[] bytes) =>
        new(
            bytes,
            new(() => Packed(bytes)), // when the first asks: a verb or a SCIM door never does
            ContentTypeOf(name),
            Convert.ToHexStringLower(SHA256.HashData(bytes))[..16]
        );

    private static byte[] Packed(byte[] bytes)
    {
        using var packed = new MemoryStream();
        using (var brotli = new BrotliStream(packed, CompressionLevel.SmallestSize, leaveOpen: true))
        {
            brotli.Write(bytes);
        }

        return packed.ToArray();
    }

    private static string ContentTypeOf(string name) =>
        Path.GetExtension(name) switch
        {
            ".css" => "text/css; charset=utf-8",
            ".js" => "text/javascript; charset=utf-8",
            ".svg" => "image/svg+xml",
            var other => throw new InvalidOperationException($"An asset of kind '{other}' needs a content type in {nameof(UiAssets)}."),
        };

    private static string Fingerprint()
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var (name, asset) in Files.OrderBy(f => f.Key, StringComparer.Ordinal))
        {
            hash.AppendData(Encoding.UTF8.GetBytes(name + "\0" + asset.Hash + "\0"));
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset())[..8];
    }

    private sealed record Asset(byte[] Plain, Lazy<byte[]> Brotli, string ContentType, string Hash);
}
