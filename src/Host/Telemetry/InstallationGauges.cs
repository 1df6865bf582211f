using System.Diagnostics.Metrics;
using Microsoft.EntityFrameworkCore;
using UserManagement.Membership;
using UserManagement.Membership.Data;
using UserManagement.Membership.Licensing;

namespace UserManagement.Host.Telemetry;

/// <summary>
/// Gauges over the whole installation, read from the database once a minute: seats and member slots in use, licenses in use, and the
/// outbox's depth and the age of its oldest message that is due. Every instance reports the same: take the largest, not the sum.
/// </summary>
internal sealed class InstallationGauges : BackgroundService
{
    /// <summary>The meter's name.</summary>
    public const string MeterName = "UserManagement.Installation";

    private static readonly TimeSpan Every = TimeSpan.FromMinutes(1);
    private readonly Store _store;
    private readonly ILogger<InstallationGauges> _log;
    private readonly Meter _meter = new(MeterName);
    private volatile Reading? _last;

    /// <summary>Makes the gauges; they show nothing before the first reading.</summary>
    public InstallationGauges(Store store, ILogger<InstallationGauges> log)
    {
        _store = store;
        _log = log;
        Gauge("usermanagement.seats.used", "{seat}", "Seats in use", reading => reading.Seats);
        Gauge("usermanagement.member_slots.used", "{member}", "Member slots in use", reading => reading.Slots);
        Gauge("usermanagement.licenses.used", "{license}", "Licenses in use", reading => reading.Licenses);
        Gauge("usermanagement.outbox.depth", "{message}", "Messages that wait to be delivered", reading => reading.Waiting);
        Gauge("usermanagement.outbox.dead", "{message}", "Messages that were given up", reading => reading.Dead);
        Gauge("usermanagement.outbox.age", "s", "How long the oldest message that is due has waited", reading => reading.OldestSeconds);
    }

    /// <inheritdoc/>
    public override void Dispose()
    {
        _meter.Dispose();
        base.Dispose();
    }

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Every, _store.Time);
        do
        {
            try
            {
                _last = await ReadAsync(stoppingToken);
            }
            catch (Exception fault) when (!stoppingToken.IsCancellationRequested)
            {
                _last = null; // no figure is better than an old one
                _log.LogDebug(fault, "The gauges cannot be read.");
            }
        } while (await timer.WaitForNextTickAsync(stoppingToken));
    }

    private async Task<Reading> ReadAsync(CancellationToken ct)
    {
        await using var db = _store.Read();
        var now = _store.Time.Now();
        var used = await db
            .Counters.Where(t => t.Kind == CounterKind.Seats || t.Kind == CounterKind.Slots || t.Kind == CounterKind.License)
            .GroupBy(t => t.Kind)
            .Select(g => new { Kind = g.Key, Used = g.Sum(t => t.Used) })
            .ToDictionaryAsync(g => g.Kind, g => g.Used, ct);
        var open = db.OutboxMessages.Where(m => m.DoneAt == null && m.DeadAt == null);
        var waiting = await open.LongCountAsync(ct);
        var oldest = await open.Where(m => m.DueAt <= now)
            .OrderBy(m => m.DueAt)
            .Select(m => (DateTimeOffset?)m.DueAt)
            .FirstOrDefaultAsync(ct);
        var dead = await db.OutboxMessages.LongCountAsync(m => m.DeadAt != null, ct);
        return new(
            used.GetValueOrDefault(CounterKind.Seats),
            used.GetValueOrDefault(CounterKind.Slots),
            used.GetValueOrDefault(CounterKind.License),
            waiting,
            dead,
            oldest is { } since ? (long)(now - since).TotalSeconds : 0
        );
    }

    private void Gauge(string name, string unit, string description, Func<Reading, long> value) =>
        _meter.CreateObservableGauge(
            name,
            () => _last is { } reading ? [new Measurement<long>(value(reading))] : Array.Empty<Measurement<long>>(),
            unit,
            description
        );

    private sealed record Reading(long Seats, long Slots, long Licenses, long Waiting, long Dead, long OldestSeconds);
}
