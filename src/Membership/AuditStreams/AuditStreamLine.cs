using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using UserManagement.Membership.Audit;
using UserManagement.Membership.Workspaces;

namespace UserManagement.Membership.AuditStreams;

/// <summary>A line of the audit log as it is sent: one JSON object, by itself or in a syslog message.</summary>
internal static class AuditStreamLine
{
    private const int Facility = 13; // log audit, RFC 5424 section 6.2.1
    private const int Notice = 5;
    private const int Warning = 4;

    /// <summary>The id of our structured data: a name with the enterprise number that RFC 5612 keeps for such as have none.</summary>
    private const string DataId = "audit@32473";

    private static readonly UTF8Encoding Utf8 = new(encoderShouldEmitUTF8Identifier: false);

    /// <summary>As JSON, on one line.</summary>
    public static string Json(Workspace workspace, long sequence, StoredLine line)
    {
        var l = line.Line;
        return new JsonObject
        {
            ["workspace"] = workspace.Slug,
            ["sequence"] = sequence,
            ["id"] = l.Id.ToString("D"),
            ["at"] = Time(l.At),
            ["actor"] = new JsonObject
            {
                ["kind"] = Camel(l.ActorKind),
                ["id"] = l.ActorId?.ToString("D"),
                ["name"] = line.ActorName,
            },
            ["door"] = Camel(l.Door),
            ["act"] = l.Act,
            ["target"] = new JsonObject
            {
                ["kind"] = l.TargetKind,
                ["id"] = l.TargetId?.ToString("D"),
                ["name"] = line.TargetName,
            },
            ["before"] = Parse(line.Before),
            ["after"] = Parse(line.After),
            ["reason"] = l.Reason,
            ["refused"] = l.Refused,
        }.ToJsonString(WorkspaceConfiguration.Json);
    }

    /// <summary>As a message of RFC 5424: the JSON is its text, and what one filters by stands before it as structured data.</summary>
    /// <param name="host">The name of this installation.</param>
    /// <param name="workspace">Whose log.</param>
    /// <param name="sequence">The line's place.</param>
    /// <param name="line">The line.</param>
    public static byte[] Syslog(string host, Workspace workspace, long sequence, StoredLine line)
    {
        var l = line.Line;
        var text = new StringBuilder();
        text.Append(
            CultureInfo.InvariantCulture,
            $"<{(Facility * 8) + (l.Refused ? Warning : Notice)}>1 {Time(l.At)} {Printable(host, 255)} usermanagement - {Printable(l.Act, 32)} [{DataId}"
        );
        foreach (
            var (name, value) in (ReadOnlySpan<(string, string?)>)
                [
                    ("workspace", workspace.Slug),
                    ("sequence", sequence.ToString(CultureInfo.InvariantCulture)),
                    ("id", l.Id.ToString("D")),
                    ("actor", line.ActorName),
                    ("door", Camel(l.Door)),
                    ("target", line.TargetName),
                    ("targetId", l.TargetId?.ToString("D")),
                    ("refused", l.Refused ? "true" : "false"),
                ]
        )
        {
            if (value is not null)
            {
                text.Append(CultureInfo.InvariantCulture, $" {name}=\"{Escaped(value)}\"");
            }
        }

        text.Append("] \ufeff").Append(Json(workspace, sequence, line)); // the mark says that UTF-8 follows, section 6.4
        return Utf8.GetBytes(text.ToString());
    }

    /// <summary>A message in the frame of RFC 5425 section 4.3: its length, a blank, itself.</summary>
    public static byte[] Framed(byte[] message) =>
        [.. Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{message.Length} ")), .. message];

    private static string Time(long milliseconds) =>
        DateTimeOffset.FromUnixTimeMilliseconds(milliseconds).ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);

    private static string Camel(string word) => JsonNamingPolicy.CamelCase.ConvertName(word);

    private static string Printable(string text, int most)
    {
        var visible = string.Concat(text.Where(c => c is >= '!' and <= '~').Take(most));
        return visible.Length == 0 ? "-" : visible;
    }

    /// <summary>A value of structured data: three characters are escaped (section 6.3.3), and it stays on one line.</summary>
    private static string Escaped(string value) =>
        string.Concat(
            value.Select(c =>
                c is '"' or '\\' or ']' ? "\\" + c
                : char.IsControl(c) ? " "
                : c.ToString()
            )
        );

    private static JsonNode? Parse(string? json)
    {
        try
        {
            return json is null ? null : JsonNode.Parse(json);
        }
        catch (JsonException)
        {
            return json; // of whichever version
        }
    }
}
