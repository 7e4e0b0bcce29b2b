"""Names by which the libraries, frameworks and runtimes of each language are known in a stack trace."""


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


JVM_RUNTIME = _words(
    """
    java. javax. jdk. sun. com.sun. kotlin. kotlinx. scala. groovy. org.codehaus.groovy. clojure. dalvik. libcore. _COROUTINE. junit. org.junit.
    org.testng. org.scalatest. io.kotest. org.spockframework. org.hamcrest. org.assertj. sbt. org.apache.tools.ant. org.apache.maven.surefire.
    org.gradle. worker.org.gradle. com.intellij. org.eclipse.jdt. org.jetbrains. $Proxy com.android.internal. android.os. android.app.
    """
)
JVM_FRAMEWORKS = _words(
    """
    jakarta. akka. reactor. rx. io.reactivex. lombok. okhttp3. okio. retrofit2. android. androidx. play. zio. cats. slick. com.fasterxml. com.zaxxer.
    com.amazonaws. software.amazon. com.mysql. com.oracle. oracle. com.microsoft. com.mongodb. com.rabbitmq. com.google.common. com.google.gson.
    com.google.inject. com.google.protobuf. com.google.cloud. com.google.api. com.google.android. com.google.firebase. com.netflix. com.codahale.
    com.datastax. com.linecorp. com.squareup. com.github.benmanes. com.hazelcast. com.esotericsoftware. com.typesafe. org.springframework. org.apache.
    org.hibernate. org.eclipse. org.jboss. org.postgresql. org.mariadb. org.h2. org.slf4j. ch.qos. org.aspectj. org.quartz. org.mockito.
    org.powermock. org.reactivestreams. org.bouncycastle. org.elasticsearch. org.opensearch. org.flywaydb. org.glassfish. org.jooq. org.mybatis.
    org.neo4j. org.redisson. org.wildfly. org.thymeleaf. org.yaml. org.json. org.jsoup. org.joda. org.xnio. org.mortbay. org.cglib. io.netty. io.grpc.
    io.lettuce. io.micrometer. io.vertx. io.undertow. io.opentelemetry. io.projectreactor. io.micronaut. io.quarkus. io.smallrye. io.jsonwebtoken.
    io.ktor. io.kubernetes. io.fabric8. io.confluent. io.github.resilience4j. io.prometheus. io.sentry. io.swagger. io.r2dbc. io.dropwizard.
    net.bytebuddy. net.sf. net.minidev. feign. redis.clients. liquibase. graphql. brave. zipkin2. dagger. mockit. springfox.
    """
)
DOTNET_LIBRARIES = _words(
    """
    System Microsoft Newtonsoft NUnit Xunit Npgsql Dapper AutoMapper MediatR Serilog Polly StackExchange Grpc Azure Amazon Google Hangfire MassTransit
    FluentValidation Castle Autofac RabbitMQ MySql MySqlConnector Oracle Moq NLog log4net Confluent MongoDB Swashbuckle RestSharp Quartz Elasticsearch
    OpenTelemetry Sentry EntityFramework Mono Internal Interop NHibernate FluentAssertions
    """
)
GO_STANDARD = frozenset(
    _words("""
    archive bufio bytes cmp compress container context crypto database debug embed encoding errors expvar flag fmt go hash html image index internal
    io iter log maps math mime net os panic path plugin reflect regexp runtime slices sort strconv strings sync syscall testing text time unicode
    unique unsafe vendor
    """)
)
RUST_CRATES = frozenset(
    _words("""
    actix_http actix_rt actix_server actix_service actix_web anyhow async_std axum axum_core backtrace bytes clap color_eyre crossbeam crossbeam_utils
    diesel eyre futures futures_core futures_executor futures_util h2 hyper hyper_util lambda_runtime log mio parking_lot rayon rayon_core reqwest
    rocket rustls serde serde_json smol sqlx sqlx_core tokio tonic tower tower_http tower_service tracing warp
    """)
)
DART_PACKAGES = frozenset(
    _words("""
    async bloc cloud_firestore collection dio firebase_auth firebase_core flutter get get_it go_router grpc hive http matcher meta mockito path
    provider riverpod rxdart sentry shared_preferences shelf sqflite stack_trace test test_api web_socket_channel
    """)
)
NODE_CORE = frozenset(
    _words("""
    _http_client.js _http_common.js _http_outgoing.js _http_server.js _stream_duplex.js _stream_readable.js _stream_transform.js _stream_writable.js
    _tls_wrap.js assert.js async_hooks.js bootstrap_node.js buffer.js child_process.js crypto.js dgram.js dns.js domain.js events.js fs.js http.js
    https.js module.js net.js node.js path.js readline.js repl.js stream.js timers.js tls.js url.js util.js vm.js zlib.js
    """)
)
NODE_FRAMEWORKS = (
    "express|koa|fastify|finalhandler|body-parser|restify|hapi|loopback|sails|feathers|nuxt|next|react|react-dom|react-router|redux|vue|svelte|preact"
    "|rxjs|axios|node-fetch|undici|socket.io|engine.io|mongoose|mongodb|pg-pool|mysql2|ioredis|sequelize|typeorm|knex|bluebird|lodash|kafkajs"
)
NODE_BUILDS = "lib|dist|build|cjs|esm|umd|es|dist-cjs|dist-es|dist-node"
