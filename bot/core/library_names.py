"""Names by which the libraries, frameworks and runtimes of each language are known in a stack trace."""

JVM_RUNTIME = (
    *("java.", "javax.", "jdk.", "sun.", "com.sun.", "kotlin.", "kotlinx.", "scala.", "groovy.", "org.codehaus.groovy.", "clojure.", "dalvik.", "libcore.", "_COROUTINE."),
    *("junit.", "org.junit.", "org.testng.", "org.scalatest.", "io.kotest.", "org.spockframework.", "org.hamcrest.", "org.assertj.", "sbt."),
    *("org.apache.tools.ant.", "org.apache.maven.surefire.", "org.gradle.", "worker.org.gradle.", "com.intellij.", "org.eclipse.jdt.", "org.jetbrains."),
    *("$Proxy", "com.android.internal.", "android.os.", "android.app."),
)
JVM_FRAMEWORKS = (
    *("jakarta.", "akka.", "reactor.", "rx.", "io.reactivex.", "lombok.", "okhttp3.", "okio.", "retrofit2.", "android.", "androidx.", "play.", "zio.", "cats.", "slick."),
    *("com.fasterxml.", "com.zaxxer.", "com.amazonaws.", "software.amazon.", "com.mysql.", "com.oracle.", "oracle.", "com.microsoft.", "com.mongodb.", "com.rabbitmq."),
    *("com.google.common.", "com.google.gson.", "com.google.inject.", "com.google.protobuf.", "com.google.cloud.", "com.google.api.", "com.google.android.", "com.google.firebase."),
    *("com.netflix.", "com.codahale.", "com.datastax.", "com.linecorp.", "com.squareup.", "com.github.benmanes.", "com.hazelcast.", "com.esotericsoftware.", "com.typesafe."),
    *("org.springframework.", "org.apache.", "org.hibernate.", "org.eclipse.", "org.jboss.", "org.postgresql.", "org.mariadb.", "org.h2.", "org.slf4j.", "ch.qos.", "org.aspectj."),
    *("org.quartz.", "org.mockito.", "org.powermock.", "org.reactivestreams.", "org.bouncycastle.", "org.elasticsearch.", "org.opensearch.", "org.flywaydb.", "org.glassfish.", "org.jooq."),
    *("org.mybatis.", "org.neo4j.", "org.redisson.", "org.wildfly.", "org.thymeleaf.", "org.yaml.", "org.json.", "org.jsoup.", "org.joda.", "org.xnio.", "org.mortbay.", "org.cglib."),
    *("io.netty.", "io.grpc.", "io.lettuce.", "io.micrometer.", "io.vertx.", "io.undertow.", "io.opentelemetry.", "io.projectreactor.", "io.micronaut.", "io.quarkus.", "io.smallrye."),
    *("io.jsonwebtoken.", "io.ktor.", "io.kubernetes.", "io.fabric8.", "io.confluent.", "io.github.resilience4j.", "io.prometheus.", "io.sentry.", "io.swagger.", "io.r2dbc.", "io.dropwizard."),
    *("net.bytebuddy.", "net.sf.", "net.minidev.", "feign.", "redis.clients.", "liquibase.", "graphql.", "brave.", "zipkin2.", "dagger.", "mockit.", "springfox."),
)
DOTNET_LIBRARIES = (
    *("System", "Microsoft", "Newtonsoft", "NUnit", "Xunit", "Npgsql", "Dapper", "AutoMapper", "MediatR", "Serilog", "Polly", "StackExchange", "Grpc", "Azure", "Amazon"),
    *("Google", "Hangfire", "MassTransit", "FluentValidation", "Castle", "Autofac", "RabbitMQ", "MySql", "MySqlConnector", "Oracle", "Moq", "NLog", "log4net", "Confluent", "MongoDB"),
    *("Swashbuckle", "RestSharp", "Quartz", "Elasticsearch", "OpenTelemetry", "Sentry", "EntityFramework", "Mono", "Internal", "Interop", "NHibernate", "FluentAssertions"),
)
GO_STANDARD = frozenset(
    {"archive", "bufio", "bytes", "cmp", "compress", "container", "context", "crypto", "database", "debug", "embed", "encoding", "errors", "expvar", "flag", "fmt", "go", "hash"}
    | {"html", "image", "index", "internal", "io", "iter", "log", "maps", "math", "mime", "net", "os", "path", "plugin", "reflect", "regexp", "runtime", "slices", "sort", "strconv"}
    | {"strings", "sync", "syscall", "testing", "text", "time", "unicode", "unique", "unsafe", "vendor", "panic"}
)
RUST_CRATES = frozenset(
    {"tokio", "hyper", "hyper_util", "axum", "axum_core", "actix_web", "actix_rt", "actix_http", "actix_service", "actix_server", "tower", "tower_http", "tower_service", "serde", "serde_json"}
    | {"reqwest", "sqlx", "sqlx_core", "diesel", "futures", "futures_util", "futures_core", "futures_executor", "rayon", "rayon_core", "tonic", "anyhow", "eyre", "color_eyre", "backtrace"}
    | {"tracing", "log", "crossbeam", "crossbeam_utils", "rocket", "warp", "clap", "h2", "rustls", "bytes", "mio", "async_std", "smol", "parking_lot", "lambda_runtime"}
)
DART_PACKAGES = frozenset(
    {"flutter", "test", "test_api", "stack_trace", "http", "async", "provider", "bloc", "riverpod", "dio", "get", "rxdart", "collection", "hive", "cloud_firestore", "firebase_core"}
    | {"firebase_auth", "shelf", "grpc", "sentry", "sqflite", "go_router", "get_it", "mockito", "matcher", "meta", "path", "shared_preferences", "web_socket_channel"}
)
NODE_CORE = frozenset(
    {"events.js", "module.js", "timers.js", "net.js", "fs.js", "http.js", "_http_client.js", "_http_server.js", "_http_outgoing.js", "_http_common.js", "_stream_readable.js"}
    | {"_stream_writable.js", "_stream_transform.js", "_stream_duplex.js", "stream.js", "domain.js", "async_hooks.js", "child_process.js", "dgram.js", "dns.js", "tls.js"}
    | {"_tls_wrap.js", "zlib.js", "vm.js", "util.js", "url.js", "assert.js", "buffer.js", "bootstrap_node.js", "node.js", "repl.js", "readline.js", "path.js", "crypto.js", "https.js"}
)
# Below a folder of that name and one of these, whatever stands above: a deploy may flatten `node_modules`.
NODE_FRAMEWORKS = (
    "express|koa|fastify|finalhandler|body-parser|restify|hapi|loopback|sails|feathers|nuxt|next|react|react-dom|react-router|redux|vue|svelte|preact|rxjs|axios|node-fetch|undici"
    "|socket.io|engine.io|mongoose|mongodb|pg-pool|mysql2|ioredis|sequelize|typeorm|knex|bluebird|lodash|kafkajs"
)
NODE_BUILDS = "lib|dist|build|cjs|esm|umd|es|dist-cjs|dist-es|dist-node"
