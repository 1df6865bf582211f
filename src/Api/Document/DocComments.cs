using System.Reflection;
using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace UserManagement.Api.Document;

/// <summary>
/// The doc comments of this room's types, so that a field is explained in one place; where the file is missing nothing is explained.
/// </summary>
internal static partial class DocComments
{
    private static readonly Lazy<Dictionary<string, string>> Known = new(Read);

    /// <summary>The sentence about a type; null when there is none.</summary>
    public static string? Of(Type type) => Known.Value.GetValueOrDefault("T:" + NameOf(type));

    /// <summary>The sentence about a property; null when there is none.</summary>
    public static string? Of(Type type, string property)
    {
        for (var one = type; one is not null && one != typeof(object); one = one.BaseType)
        {
            if (Known.Value.GetValueOrDefault($"P:{NameOf(one)}.{property}") is { } text)
            {
                return text;
            }
        }

        return null;
    }

    private static string NameOf(Type type) => (type.IsGenericType ? type.GetGenericTypeDefinition() : type).FullName!.Replace('+', '.');

    private static Dictionary<string, string> Read()
    {
        var file = Path.Combine(AppContext.BaseDirectory, Assembly.GetExecutingAssembly().GetName().Name + ".xml");
        return !File.Exists(file)
            ? []
            : XDocument
                .Load(file)
                .Descendants("member")
                .Where(m => m.Element("summary") is not null)
                .ToDictionary(
                    m => m.Attribute("name")!.Value,
                    m => Blanks().Replace(m.Element("summary")!.Value.Trim(), " "),
                    StringComparer.Ordinal
                );
    }

    [GeneratedRegex(@"\s+")]
    private static partial Regex Blanks();
}
