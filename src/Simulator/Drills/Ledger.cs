using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using UserManagement.Simulator.Wire;

namespace UserManagement.Simulator.Drills;

/// <summary>One line of the ledger.</summary>
/// <param name="Op">Number of the operation within its run, from 1.</param>
/// <param name="Kind">As in the closing table.</param>
/// <param name="Method">The HTTP method.</param>
/// <param name="Target">Whom or what it is about.</param>
/// <param name="SentAt">When it was sent first (UTC).</param>
/// <param name="AnsweredAt">When its outcome was known (UTC).</param>
/// <param name="Outcome">How it ended.</param>
/// <param name="Status">The last HTTP status; 0 for no answer.</param>
/// <param name="Tries">How often it was sent.</param>
/// <param name="Effect">What must be visible if it was done; null for reads and probes.</param>
public sealed record LedgerLine(
    int Op,
    string Kind,
    string Method,
    string Target,
    DateTimeOffset SentAt,
    DateTimeOffset AnsweredAt,
    Outcome Outcome,
    int Status,
    int Tries,
    Effect? Effect
);

/// <summary>
/// The client's own account of a run: one JSON line per operation, handed to the operating system before the next step,
/// so that after a crash of the server it says what had been promised. Lines are appended.
/// </summary>
public sealed class Ledger : IDisposable
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase) },
    };

    private readonly StreamWriter writer;
    private readonly TimeProvider time;
    private readonly Lock gate = new();
    private int operations;

    /// <summary>Opens the file to append to, making it when there is none.</summary>
    /// <param name="path">The file.</param>
    /// <param name="time">The clock; null for the system's.</param>
    public Ledger(string path, TimeProvider? time = null)
    {
        writer = new StreamWriter(new FileStream(path, FileMode.Append, FileAccess.Write, FileShare.Read));
        this.time = time ?? TimeProvider.System;
    }

    /// <summary>Writes the outcome of one operation.</summary>
    /// <param name="request">What was sent.</param>
    /// <param name="sentAt">When it was sent first.</param>
    /// <param name="outcome">How it ended.</param>
    /// <param name="status">The last HTTP status; 0 for no answer.</param>
    /// <param name="tries">How often it was sent.</param>
    /// <param name="id">The server's id when the answer told it; null keeps the effect's own.</param>
    public void Write(ScimRequest request, DateTimeOffset sentAt, Outcome outcome, int status, int tries, string? id)
    {
        var effect = request.Effect is { Id: null } unnamed ? unnamed with { Id = id } : request.Effect;
        lock (gate)
        {
            var line = new LedgerLine(
                ++operations,
                request.Kind,
                request.Method.Method,
                request.Target,
                sentAt,
                time.GetUtcNow(),
                outcome,
                status,
                tries,
                effect
            );
            writer.WriteLine(JsonSerializer.Serialize(line, Json));
            writer.Flush();
        }
    }

    /// <summary>Reads a ledger. A last line that was cut off (the writer was killed) is left out.</summary>
    /// <param name="path">The file.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    /// <returns>The lines in the order of their outcomes.</returns>
    public static async Task<IReadOnlyList<LedgerLine>> ReadAsync(string path, CancellationToken cancellationToken)
    {
        var texts = await File.ReadAllLinesAsync(path, cancellationToken);
        var lines = new List<LedgerLine>(texts.Length);
        for (var i = 0; i < texts.Length; i++)
        {
            try
            {
                if (texts[i].Length > 0 && JsonSerializer.Deserialize<LedgerLine>(texts[i], Json) is { } line)
                {
                    lines.Add(line);
                }
            }
            catch (JsonException) when (i == texts.Length - 1)
            {
                break;
            }
        }

        return lines;
    }

    /// <inheritdoc/>
    public void Dispose() => writer.Dispose();
}
