using System.Reflection;
using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;
using System.Xml.Linq;
using UserManagement.Testing;

namespace UserManagement.Host.Tests;

/// <summary>One room of <c>src/</c> as its project file and its assembly tell.</summary>
internal sealed class ArchitectureRooms
{
    private readonly XDocument project;

    private ArchitectureRooms(string projectFile)
    {
        project = XDocument.Load(projectFile);
        Name = Path.GetFileNameWithoutExtension(projectFile);
        Folder = Path.GetDirectoryName(projectFile)!;
    }

    public string Name { get; }

    public string Folder { get; }

    /// <summary>Other projects it names, by project name.</summary>
    public IReadOnlyList<string> Projects =>
        [.. Items("ProjectReference").Select(path => Path.GetFileNameWithoutExtension(path.Replace('\\', '/')))];

    /// <summary>Packages it names.</summary>
    public IReadOnlyList<string> Packages => Items("PackageReference");

    /// <summary>Assemblies that may see its internals.</summary>
    public IReadOnlyList<string> Friends => Items("InternalsVisibleTo");

    /// <summary>Every room: each project below <c>src/</c>.</summary>
    public static IReadOnlyList<ArchitectureRooms> All { get; } =
    [
        .. Directory
            .EnumerateFiles(Repository.At("src"), "*.csproj", SearchOption.AllDirectories)
            .Order(StringComparer.Ordinal)
            .Select(file => new ArchitectureRooms(file)),
    ];

    /// <summary>Names of the assemblies that the compiled room uses.</summary>
    public IReadOnlyList<string> UsedAssemblies() =>
        Read(metadata => metadata.AssemblyReferences.Select(handle => metadata.GetString(metadata.GetAssemblyReference(handle).Name)));

    /// <summary>Names of its types, nested ones too, without what the compiler makes.</summary>
    public IReadOnlyList<string> TypeNames() =>
        Read(metadata =>
            metadata
                .TypeDefinitions.Select(handle => metadata.GetString(metadata.GetTypeDefinition(handle).Name).Split('`')[0])
                .Where(name => !name.Contains('<', StringComparison.Ordinal))
        );

    private List<string> Items(string element) =>
        [.. project.Descendants(element).Select(item => (string?)item.Attribute("Include")).OfType<string>().Order(StringComparer.Ordinal)];

    private List<string> Read(Func<MetadataReader, IEnumerable<string>> read)
    {
        using var file = new PEReader(File.OpenRead(Path.Combine(AppContext.BaseDirectory, $"UserManagement.{Name}.dll")));
        return [.. read(file.GetMetadataReader())];
    }
}
