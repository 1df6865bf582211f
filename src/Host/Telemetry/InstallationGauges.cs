using System.Diagnostics.Metrics;
using Microsoft.EntityFrameworkCore;
using UserManagement.Host.Settings;
using UserManagement.Membership;
using UserManagement.Membership.AuditStreams;
using UserManagement.Membership.Data;
using UserManagement.Membership.Licensing;
using UserManagement.Membership.Outbox;
using UserManagement.Storage;

namespace UserManagement.Host.Telemetry;

/// <summary>
/// Gauges over the whole installation, read from the database once a minute: seats and member slots in use, licenses in use, the outbox's
/// depth and the age of its oldest message that is due, workspaces without a free seat, directories that fell silent, how far the audit
/// stream that is furthest behind is behind. Every instance reports the same: take the largest, not the sum. Beside them two of the
/// instance itself: its clock against the database's, and the room on its data folder's disk. While the database is away all are
/// missing, which is itself a sign (<c>deploy/observability</c>).
/// </summary>
internal sealed class InstallationGauges : BackgroundService
{
    /// <summary>The meter's name.</summary>
    public const string MeterName = "UserManagement.Installation";

    private static readonly TimeSpan Every = TimeSpan.FromMinutes(1);

    /// <summary>A directory that asked within this time and then not for <see cref="Silent"/> fell silent; one before is gone.</summary>
    private static readonly TimeSpan Alive = TimeSpan.FromDays(7);

    private static readonly TimeSpan Silent = TimeSpan.FromDays(1);
    private readonly Store _store;
    private readonly MembershipSource _source;
    private readonly HostSettings _settings;
    private readonly ILogger<InstallationGauges> _log;
    private readonly Meter _meter = new(MeterName);
    private volatile Reading? _last;

    /// <summary>Makes the gauges; they show nothing before the first reading.</summary>
    public InstallationGauges(Store store, MembershipSource source, HostSettings settings, ILogger<InstallationGauges> log)
    {
        _store = store;
        _source = source;
        _settings = settings;
        _log = log;
        Gauge("usermanagement.seats.used", "{seat}", "Seats in use", reading => reading.Seats);
        Gauge("usermanagement.member_slots.used", "{member}", "Member slots in use", reading => reading.Slots);
        Gauge("usermanagement.licenses.used", "{license}", "Licenses in use", reading => reading.Licenses);
        Gauge("usermanagement.outbox.depth", "{message}", "Messages that wait to be delivered", reading => reading.Waiting);
        Gauge("usermanagement.outbox.dead", "{message}", "Messages that were given up", reading => reading.Dead);
        Gauge("usermanagement.outbox.age", "s", "How long the oldest message that is due has waited", reading => reading.OldestSeconds);
        Gauge("usermanagement.workspaces.full", "{workspace}", "Workspaces whose seats are all taken", reading => reading.Full);
        Gauge(
            "usermanagement.directories.silent",
            "{directory}",
            "Directories that asked within a week, and then not for a day",
            reading => reading.Silent
        );
        Gauge(
            "usermanagement.audit_streams.lag",
            "s",
            "How long the audit stream that is furthest behind has owed a sealed line",
            reading => reading.StreamSeconds
        );
        Gauge("usermanagement.clock.skew", "ms", "This server's clock less the database's", reading => reading.SkewMilliseconds);
        Gauge("usermanagement.disk.free", "By", "Room on the disk of the data folder", reading => reading.FreeBytes);
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
        var open = db.OutboxMessages.WaitingAt(now);
        var waiting = await open.LongCountAsync(ct);
        var oldest = await open.Where(m => m.DueAt <= now)
            .OrderBy(m => m.DueAt)
            .Select(m => (DateTimeOffset?)m.DueAt)
            .FirstOrDefaultAsync(ct);
        var dead = await db.OutboxMessages.LongCountAsync(m => m.DeadAt != null, ct);
        var full = await db.Counters.LongCountAsync(t => t.Kind == CounterKind.Seats && t.Limit != null && t.Used >= t.Limit, ct);
        var (alive, silent) = (now - Alive, now - Silent);
        var quiet = await db.ScimCredentialUses.LongCountAsync(u => u.LastUsedAt > alive && u.LastUsedAt < silent, ct);
        return new(
            used.GetValueOrDefault(CounterKind.Seats),
            used.GetValueOrDefault(CounterKind.Slots),
            used.GetValueOrDefault(CounterKind.License),
            waiting,
            dead,
            oldest is { } since ? (long)(now - since).TotalSeconds : 0,
            full,
            quiet,
            await AuditStreamLag.SinceAsync(db, ct) is { } owed ? Math.Max(0, (long)(now - owed).TotalSeconds) : 0,
            (long)(await _source.ClockSkewAsync(_store.Time, ct)).TotalMilliseconds,
            new DriveInfo(_settings.DataFolder).AvailableFreeSpace
        );
    }

    private void Gauge(string name, string unit, string description, Func<Reading, long> value) =>
        _meter.CreateObservableGauge(
            name,
            () => _last is { } reading ? [new Measurement<long>(value(reading))] : Array.Empty<Measurement<long>>(),
            unit,
            description
        );

    private sealed record Reading(
        long Seats,
        long Slots,
        long Licenses,
        long Waiting,
        long Dead,
        long OldestSeconds,
        long Full,
        long Silent,
        long StreamSeconds,
        long SkewMilliseconds,
        long FreeBytes
    );
}
