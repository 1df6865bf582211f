using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using System.Globalization;

namespace UserManagement.Testing;

/// <summary>
/// What meters are told by one test: work that is counted instead of timed. Other tests beside it are not seen, nor is what
/// others do for this one (a commit that several share is told by whoever made it).
/// <code>using var meter = MeterLog.Start(MembershipMeter.Name);</code>
/// </summary>
public sealed class MeterLog : IDisposable
{
    private static readonly AsyncLocal<MeterLog?> Current = new();
    private readonly ConcurrentQueue<(string Instrument, string Told)> told = new();
    private readonly MeterListener listener = new();

    private MeterLog(string meter)
    {
        listener.InstrumentPublished = (instrument, listening) =>
        {
            if (instrument.Meter.Name == meter)
            {
                listening.EnableMeasurementEvents(instrument);
            }
        };
        listener.SetMeasurementEventCallback<int>((instrument, value, tags, _) => Hear(instrument, value, tags));
        listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) => Hear(instrument, value, tags));
        listener.SetMeasurementEventCallback<double>((instrument, value, tags, _) => Hear(instrument, value, tags));
        listener.Start();
    }

    /// <summary>Begins to listen to what this test does from here on.</summary>
    /// <param name="meter">The meter's name.</param>
    public static MeterLog Start(string meter) => Current.Value = new(meter);

    /// <summary>What an instrument was told, in order: the value, then each tag as <c>name=value</c>.</summary>
    public IReadOnlyList<string> Of(string instrument) => [.. told.Where(one => one.Instrument == instrument).Select(one => one.Told)];

    /// <summary>Forgets what was.</summary>
    public void Clear() => told.Clear();

    /// <inheritdoc/>
    public void Dispose()
    {
        Current.Value = null;
        listener.Dispose();
    }

    private void Hear(Instrument instrument, IConvertible value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        if (Current.Value == this)
        {
            told.Enqueue(
                (
                    instrument.Name,
                    string.Join(
                        ' ',
                        [value.ToString(CultureInfo.InvariantCulture), .. tags.ToArray().Select(tag => $"{tag.Key}={tag.Value}")]
                    )
                )
            );
        }
    }
}
