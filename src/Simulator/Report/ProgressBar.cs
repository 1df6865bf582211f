using System.Globalization;

namespace UserManagement.Simulator.Report;

/// <summary>
/// Shows how far a run is. On a terminal one line that is redrawn in place, at most ten times a second;
/// elsewhere one line for each tenth, so that a log stays short. Safe for many threads.
/// </summary>
public sealed class ProgressBar
{
    private const int Cells = 30;
    private readonly TextWriter writer;
    private readonly bool inPlace;
    private readonly int total;
    private readonly TimeProvider time;
    private readonly long started;
    private readonly Lock gate = new();
    private string stage = "";
    private int done;
    private int tenths;
    private long drawn;
    private int drawnLength;

    /// <summary>A bar for a known number of steps.</summary>
    /// <param name="writer">Where it is written.</param>
    /// <param name="inPlace">True on a terminal.</param>
    /// <param name="total">All steps of the run.</param>
    /// <param name="time">The clock; null for the system's.</param>
    public ProgressBar(TextWriter writer, bool inPlace, int total, TimeProvider? time = null)
    {
        (this.writer, this.inPlace, this.total, this.time) = (writer, inPlace, Math.Max(1, total), time ?? TimeProvider.System);
        started = this.time.GetTimestamp();
    }

    /// <summary>Names what is going on now.</summary>
    /// <param name="name">A few words.</param>
    public void Begin(string name)
    {
        lock (gate)
        {
            stage = name;
            DrawInPlace(force: true);
        }
    }

    /// <summary>One step is done.</summary>
    public void Advance()
    {
        lock (gate)
        {
            done++;
            if (inPlace)
            {
                DrawInPlace(force: done == total);
                return;
            }

            while (tenths < 10 && done * 10L >= (tenths + 1L) * total)
            {
                tenths++;
                writer.WriteLine(
                    string.Create(CultureInfo.InvariantCulture, $"{Percent(tenths * 10).PadLeft(4)} %  {Elapsed().PadLeft(7)}  {stage}")
                );
            }
        }
    }

    /// <summary>Ends the line; call it once, also when the run stops early.</summary>
    public void Finish()
    {
        lock (gate)
        {
            if (inPlace)
            {
                DrawInPlace(force: true);
                writer.WriteLine();
            }

            writer.Flush();
        }
    }

    private void DrawInPlace(bool force)
    {
        if (!inPlace || (!force && time.GetElapsedTime(drawn) < TimeSpan.FromMilliseconds(100)))
        {
            return;
        }

        drawn = time.GetTimestamp();
        var share = Math.Min(1, (double)done / total);
        var filled = (int)(share * Cells);
        var line = string.Create(
            CultureInfo.InvariantCulture,
            $"[{new string('#', filled)}{new string('.', Cells - filled)}] {Percent(share * 100).PadLeft(3)} %  {Elapsed()}  {stage}"
        );
        writer.Write("\r" + line.PadRight(drawnLength));
        writer.Flush();
        drawnLength = line.Length;
    }

    private static string Percent(double share) => share.ToString("0", CultureInfo.InvariantCulture);

    private string Elapsed() => string.Create(CultureInfo.InvariantCulture, $"{time.GetElapsedTime(started).TotalSeconds:0.0} s");
}
